"""Access keys on a real server: what is stored of them, and which are accepted."""

import pytest
from redis import Redis

from jobs.access_keys import AccessKeys, BadName, find


@pytest.fixture
def keys(redis: Redis) -> AccessKeys:
    return AccessKeys(redis)


def test_a_key_is_found_by_its_secret(keys: AccessKeys) -> None:
    shown, key = keys.add("anna")
    assert shown.startswith(f"sl_{key.id}_")
    assert find(keys.all(), shown) == key


def test_only_its_digest_is_stored(keys: AccessKeys, redis: Redis) -> None:
    shown, key = keys.add("anna")
    [stored] = redis.hvals("keys")
    assert key.digest in stored
    assert shown.rpartition("_")[2] not in stored


def test_anything_but_the_key_is_refused(keys: AccessKeys) -> None:
    shown, key = keys.add("anna")
    other = f"sl_{key.id}_{'0' * 48}"
    for wrong in ("", "anna", key.id, key.digest, shown[:-1], shown + "0", shown.upper(), other, f"{shown}\n", "sl_ü_"):
        assert find(keys.all(), wrong) is None


def test_a_revoked_key_is_refused_but_stays_listed(keys: AccessKeys) -> None:
    shown, key = keys.add("anna")
    other, _ = keys.add("bert")
    assert keys.revoke(key.id)
    assert not keys.revoke(key.id)
    assert not keys.revoke("00000000")
    assert find(keys.all(), shown) is None
    assert find(keys.all(), other)
    assert [(one.name, one.revoked is not None) for one in keys.all().values()] == [("anna", True), ("bert", False)]


@pytest.mark.parametrize("name", ["", "x" * 101, "two\nlines", "\x1b[2J"])
def test_a_name_that_cannot_be_listed_is_refused(keys: AccessKeys, name: str) -> None:
    with pytest.raises(BadName, match="1 to 100 printable"):
        keys.add(name)
