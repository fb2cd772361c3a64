"""Access keys for the people who may use the service. A key is shown once; Redis stores its digest alone. No HTTP here.

Redis keys:
    keys   hash  <id> -> JSON of the access key: name, digest (SHA-256 of the whole token, in hexadecimal), created,
                 revoked

The token that a client sends reads `sl_<id>_<secret>`. The secret has 192 random bits and cannot be guessed, so a
digest without salt or rounds reveals nothing about it. Revoked keys stay in the hash: they are listed, and they keep
the service closed after the last key is revoked.
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

ACCESS_KEYS = "keys"
MAX_NAME = 100
_TOKEN = re.compile(r"sl_([0-9a-f]{8})_[0-9a-f]{48}")


class BadName(ShotlensError):
    """The name of an access key is empty, too long, or cannot be printed on one line."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """Everything stored about an access key: all but the token itself."""

    id: str
    name: str
    digest: str  # SHA-256 of the whole token, in hexadecimal
    created: float  # Unix time
    revoked: float | None = None


class AccessKeys:
    """All access keys on one Redis server."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def add(self, name: str) -> tuple[str, AccessKey]:
        """Create an access key; return its token, which cannot be read again, and what is stored about it."""
        if not 0 < len(name) <= MAX_NAME or not name.isprintable():
            raise BadName(f"A key needs a name of 1 to {MAX_NAME} printable characters that says whose it is.")
        key_id = secrets.token_hex(4)
        token = f"sl_{key_id}_{secrets.token_hex(24)}"
        access_key = AccessKey(key_id, name, _digest(token), time.time())
        self._write(access_key)
        return token, access_key

    def all(self) -> dict[str, AccessKey]:
        """Read all access keys by id, including revoked ones, oldest first."""
        stored = cast(dict[str, str], self.redis.hgetall(ACCESS_KEYS))
        access_keys = (AccessKey(id=key_id, **json.loads(text)) for key_id, text in stored.items())
        return {access_key.id: access_key for access_key in sorted(access_keys, key=lambda each: each.created)}

    def revoke(self, key_id: str) -> bool:
        """Revoke an access key for good. False: it does not exist or is already revoked."""
        access_key = self.all().get(key_id)
        if access_key is None or access_key.revoked:
            return False
        self._write(replace(access_key, revoked=time.time()))
        return True

    def _write(self, access_key: AccessKey) -> None:
        values = asdict(access_key)
        self.redis.hset(ACCESS_KEYS, values.pop("id"), json.dumps(values))


def find(access_keys: Mapping[str, AccessKey], token: str) -> AccessKey | None:
    """Return the access key of a token; None if it is unknown or revoked. The comparison takes constant time."""
    match = _TOKEN.fullmatch(token)
    access_key = access_keys.get(match[1]) if match else None
    if access_key is None or access_key.revoked or not hmac.compare_digest(access_key.digest, _digest(token)):
        return None
    return access_key


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
