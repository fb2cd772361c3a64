"""Callbacks: a signed POST when a job has ended, to the address that its sender named. Knows nothing about the work.

They are signed according to Standard Webhooks: `Webhook-Signature` is `v1,` and the HMAC-SHA256, in base64, of
`<Webhook-Id>.<Webhook-Timestamp>.<body>`. Only hosts that the operator named are called; redirects are not followed.
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
from shotlens.shots.answers import job_summary

MAX_ATTEMPTS = 12  # over half an hour
LEASE = 600.0  # seconds: longer than an attempt; also the longest pause between two
TIMEOUTS = (5.0, 10.0)  # seconds to connect, and to wait for the response
RETRY_SECONDS = 5.0  # pause before the next attempt after an unexpected error


def callback_error(url: str, hosts: frozenset[str]) -> str | None:
    """Return a sentence that says why this address may not be called back; None if it may."""
    if not hosts:
        return "This service calls nobody back: its operator has named no hosts."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "The callback is not an address: send one like https://host/path."
    names = {host, f"{host}:{port}"} if port else {host}
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.fragment:
        return "The callback is not an address that can be called: send one like https://host/path."
    if not names & hosts:
        allowed = " and ".join(sorted(hosts))
        return f"The host {host[:100]!r} may not be called back from here: the operator allows {allowed}."
    return None


def sign(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a message; `secret` is any text, or base64 prefixed with `whsec_`."""
    is_base64 = secret.startswith("whsec_")
    secret_bytes = base64.b64decode(f"{secret.removeprefix('whsec_')}==") if is_base64 else secret.encode()
    digest = hmac.new(secret_bytes, f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class Deliverer:
    """Delivers callbacks from a thread of the API's process: the workers have no access to the network."""

    def __init__(self, services: Services, secret: str) -> None:
        self._services, self._secret = services, secret
        self._queue = Queue(services.redis, WEBHOOKS, LEASE)
        self._http = requests.Session()
        self._http.trust_env = False  # do not use the operator's own proxies and passwords

    def start(self, running: Callable[[], bool]) -> None:
        """Deliver while `running`, from a daemon thread: if the process ends, a claim is retried after its lease."""
        threading.Thread(target=self._run, args=(running,), daemon=True, name="webhooks").start()

    def _run(self, running: Callable[[], bool]) -> None:
        group_exists = False
        while running():
            try:
                if not group_exists:
                    self._queue.make_group()
                    group_exists = True
                self.deliver_next()
            except RedisError:
                group_exists = False
                time.sleep(RETRY_SECONDS)
            except Exception:  # in one callback; the others must still be delivered
                log.exception("a callback failed unexpectedly")
                time.sleep(RETRY_SECONDS)

    def deliver_next(self, block: float | None = 2.0) -> bool:
        """Attempt the next callback that is due within `block` seconds; return whether there was one."""
        claim = self._queue.take(block)
        if claim is None:
            return False
        error = self._call(claim)
        if error is None or claim.attempts >= MAX_ATTEMPTS:
            if error:
                log.error("the callback was given up", job=claim.job, attempts=claim.attempts, error=error)
            claim.drop()
        else:
            log.info("the callback will be retried", job=claim.job, attempts=claim.attempts, error=error)
            claim.hand_back(delay=min(2.0**claim.attempts, LEASE))
        return True

    def _call(self, claim: Claim) -> str | None:
        """Return what went wrong; None if the callback was delivered, or its job no longer exists."""
        listed = listing.listed_job(self._services.jobs, claim.job)
        if listed is None or listed.job.callback is None:
            return None
        body, timestamp = job_summary(listed, frame_address(listed.job.id)).model_dump_json().encode(), int(time.time())
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
                delivered = response.ok and not response.is_redirect
                return None if delivered or response.status_code == 410 else f"it answered {response.status_code}"
        except (requests.RequestException, ValueError) as error:
            return type(error).__name__
