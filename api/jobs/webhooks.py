"""Callbacks: who asked for it is told by a signed POST that a job has ended. Knows nothing of how jobs are done.

They are signed as Standard Webhooks has it: `Webhook-Signature: v1,` and the HMAC-SHA256, in base64, of
`<Webhook-Id>.<Webhook-Timestamp>.<body>`. Only hosts that the operator named are called, and no redirect is followed.
"""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import requests
from redis import RedisError

from api.services import Services, frame_address
from jobs import listing
from jobs.claim import Claim
from jobs.logs import log
from jobs.names import WEBHOOKS
from jobs.queue import Queue
from shotlens.shots.result import summary

ATTEMPTS = 12  # over half an hour
LEASE = 600.0  # seconds: longer than an attempt, and the longest pause between two
TIMEOUTS = (5.0, 10.0)  # seconds to connect, and to wait for the answer
PAUSE = 5.0  # seconds to wait when Redis does not answer


def refusal(url: str, hosts: frozenset[str]) -> str | None:
    """Say in a sentence why this address may not be called back; None where it may."""
    if not hosts:
        return "This service calls nobody back: its operator has named no hosts."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "The callback is no address: send one as https://host/path."
    named = {host, f"{host}:{port}"} if port else {host}
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.fragment:
        return "The callback is no address that can be called: send one as https://host/path."
    if not named & hosts:
        allowed = " and ".join(sorted(hosts))
        return f"The host {host[:100]!r} may not be called back from here: the operator allows {allowed}."
    return None


def sign(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """Sign a message; `secret` is base64 behind `whsec_`, or any text."""
    key = base64.b64decode(f"{secret.removeprefix('whsec_')}==") if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class Deliverer:
    """Calls back, from a thread of the API's process: the workers have no way out to the network."""

    def __init__(self, services: Services, secret: str) -> None:
        self._services, self._secret = services, secret
        self._queue = Queue(services.redis, WEBHOOKS, LEASE)
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy and no password of the operator's own

    def start(self, going: Callable[[], bool]) -> None:
        """Work, while `going`, on a thread that ends with the process: what it held is taken up after the lease."""
        threading.Thread(target=self._run, args=(going,), daemon=True, name="webhooks").start()

    def _run(self, going: Callable[[], bool]) -> None:
        made = False
        while going():
            try:
                if not made:
                    self._queue.make_group()
                    made = True
                self.once()
            except RedisError:
                made = False
                time.sleep(PAUSE)
            except Exception:  # of one callback: the others are still to be made
                log.exception("a callback went wrong")
                time.sleep(PAUSE)

    def once(self, block: float | None = 2.0) -> bool:
        """Call one back, if one is due within `block` seconds; say whether one was."""
        claim = self._queue.take(block)
        if claim is None:
            return False
        error = self._call(claim)
        if error is None or claim.attempts >= ATTEMPTS:
            if error:
                log.error("the sender was not told", job=claim.job, attempts=claim.attempts, error=error)
            claim.drop()
        else:
            log.info("the sender is yet to be told", job=claim.job, attempts=claim.attempts, error=error)
            claim.hand_back(delay=min(2.0**claim.attempts, LEASE))
        return True

    def _call(self, claim: Claim) -> str | None:
        """Return what went wrong; None where it is done, or there is no job to tell of any more."""
        listed = listing.look(self._services.jobs, claim.job)
        if listed is None or listed.job.callback is None:
            return None
        body, timestamp = summary(listed, frame_address(listed.job.id)).model_dump_json().encode(), int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Shotlens",
            "Webhook-Id": f"{listed.job.id}-{claim.id}",
            "Webhook-Timestamp": str(timestamp),
            "Webhook-Signature": sign(self._secret, f"{listed.job.id}-{claim.id}", timestamp, body),
        }
        try:
            with self._http.post(
                listed.job.callback, body, headers=headers, timeout=TIMEOUTS, allow_redirects=False, stream=True
            ) as response:
                told = response.ok and not response.is_redirect
                return None if told or response.status_code == 410 else f"it answered {response.status_code}"
        except (requests.RequestException, ValueError) as error:
            return type(error).__name__
