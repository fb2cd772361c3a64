"""`shotlens keys`: keys are made, listed and revoked, also for the service of `shotlens run`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from redis import Redis

from jobs.__main__ import main
from jobs.access_keys import AccessKeys, find
from testkit.service import Service

Output = pytest.CaptureFixture[str]


@pytest.fixture
def keys(redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AccessKeys:
    monkeypatch.setenv("REDIS_URL", redis_url)
    return AccessKeys(redis)


def test_only_the_key_is_printed_and_it_works(keys: AccessKeys, capsys: Output) -> None:
    assert main(["keys", "add", "anna"]) == 0
    printed = capsys.readouterr()
    assert find(keys.all(), printed.out.removesuffix("\n"))
    assert "only time" in printed.err
    assert "first key" in printed.err
    main(["keys", "add", "bert"])
    assert "first key" not in capsys.readouterr().err


def test_keys_are_listed_without_their_secrets(keys: AccessKeys, capsys: Output) -> None:
    assert main(["keys", "list"]) == 0
    assert "no keys" in capsys.readouterr().out
    shown, key = keys.add("anna")
    main(["keys", "list"])
    listed = capsys.readouterr().out
    assert f"{key.id}  " in listed
    assert "anna" in listed
    assert shown not in listed
    assert key.digest not in listed


def test_a_key_is_revoked_by_its_id(keys: AccessKeys, capsys: Output) -> None:
    shown, key = keys.add("anna")
    assert main(["keys", "revoke", key.id]) == 0
    assert "answers nobody" in capsys.readouterr().out
    assert find(keys.all(), shown) is None
    assert main(["keys", "revoke", key.id]) == 1
    assert "shotlens keys list" in capsys.readouterr().err
    main(["keys", "list"])
    assert "(revoked " in capsys.readouterr().out


def test_an_invalid_name_is_refused(keys: AccessKeys, capsys: Output) -> None:
    assert main(["keys", "add", ""]) == 1
    assert "needs a name" in capsys.readouterr().err
    assert not keys.all()


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    """A service of the test's own: its first access key closes it."""
    service = Service(tmp_path / "data")
    yield service
    service.stop()


def test_the_service_of_this_machine_is_closed_by_the_first_key(
    own_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    own_service.wait_for("Shotlens runs at")
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("SHOTLENS_DATA", str(tmp_path / "data"))
    assert main(["keys", "add", "anna"]) == 0
    key = capsys.readouterr().out.strip()
    address = f"{own_service.url}/jobs/{'0' * 24}"
    assert requests.get(address, timeout=60).status_code == 401
    assert requests.get(address, headers={"Authorization": f"Bearer {key}"}, timeout=60).status_code == 404

    own_service.stop()
    assert main(["keys", "list"]) == 1
    assert "No Redis server answers" in capsys.readouterr().err
