"""Access keys, for those who may use the service. A key is shown once; Redis holds its digest alone. Knows no HTTP.

Keys:
    keys   hash  <id> -> JSON of the key: name, digest (SHA-256 of the whole key, in hexadecimal), created, revoked

A key reads `sl_<id>_<secret>`, with 192 random bits in the secret: so much cannot be guessed, and a digest without
salt or rounds gives nothing of it away. A revoked key stays in the hash: it is listed, and it keeps the service
closed when it was the last one.
"""

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import cast

from redis import Redis

from shotlens.shots.errors import ShotlensError

KEYS = "keys"
MAX_NAME = 100
_FORM = re.compile(r"sl_([0-9a-f]{8})_[0-9a-f]{48}")


class BadName(ShotlensError):
    """A key's name is empty, too long, or cannot be shown on one line."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """What is known of a key: all but the key itself."""

    id: str
    name: str
    digest: str  # SHA-256 of the whole key, in hexadecimal
    created: float  # Unix time
    revoked: float | None = None


class AccessKeys:
    """All keys on one Redis server."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def add(self, name: str) -> tuple[str, AccessKey]:
        """Make a key; return it as its owner is to send it, which cannot be read again, and what is kept of it."""
        if not 0 < len(name) <= MAX_NAME or not name.isprintable():
            raise BadName(f"A key needs a name of 1 to {MAX_NAME} printable characters: whose it is.")
        key_id = secrets.token_hex(4)
        shown = f"sl_{key_id}_{secrets.token_hex(24)}"
        key = AccessKey(key_id, name, _digest(shown), time.time())
        self._write(key)
        return shown, key

    def all(self) -> dict[str, AccessKey]:
        """Read every key by its id, the revoked ones too, oldest first."""
        found = cast(dict[str, str], self.redis.hgetall(KEYS))
        keys = (AccessKey(id=key_id, **json.loads(text)) for key_id, text in found.items())
        return {key.id: key for key in sorted(keys, key=lambda key: key.created)}

    def revoke(self, key_id: str) -> bool:
        """Take a key's rights for good. False: there is no such key, or it is revoked already."""
        key = self.all().get(key_id)
        if key is None or key.revoked:
            return False
        self._write(replace(key, revoked=time.time()))
        return True

    def _write(self, key: AccessKey) -> None:
        values = asdict(key)
        self.redis.hset(KEYS, values.pop("id"), json.dumps(values))


def find(known: Mapping[str, AccessKey], shown: str) -> AccessKey | None:
    """Return the key that somebody shows; None where it is unknown or revoked. Takes as long for a near miss."""
    form = _FORM.fullmatch(shown)
    key = known.get(form[1]) if form else None
    if key is None or key.revoked or not hmac.compare_digest(key.digest, _digest(shown)):
        return None
    return key


def _digest(shown: str) -> str:
    return hashlib.sha256(shown.encode()).hexdigest()
