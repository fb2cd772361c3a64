"""The keys of the service, for the operator: make one, list them, revoke one."""

import sys
import time

from cli.reach import reach_redis
from jobs.errors import ShotlensError
from jobs.keys import Keys


def add(name: str) -> int:
    """Make a key and print it alone on stdout, so that a script can take it; what to know of it comes after."""
    keys = _keys()
    first = not keys.all()
    shown, _ = keys.add(name)
    print(shown)
    print("This is the only time that it is shown. Send it as `Authorization: Bearer <key>`.", file=sys.stderr)
    if first:
        print("It is the first key: from now on the service answers nobody without one.", file=sys.stderr)
    return 0


def show() -> int:
    """Print one line per key: its id, when it was made, its name, and when it was revoked."""
    known = _keys().all()
    for key in known.values():
        end = f"  (revoked {_date(key.revoked)})" if key.revoked else ""
        print(f"{key.id}  {_date(key.created)}  {key.name}{end}")
    if not known:
        print("There are no keys: whoever reaches the service can use it.")
    return 0


def revoke(key_id: str) -> int:
    """Revoke a key. Raises ShotlensError where no such key is in use."""
    keys = _keys()
    if not keys.revoke(key_id):
        raise ShotlensError(f"No key {key_id} is in use; `shotlens keys list` shows the ids.")
    print(f"{key_id} is revoked.")
    if all(key.revoked for key in keys.all().values()):
        print("It was the last one: until another is made, the service answers nobody.")
    return 0


def _keys() -> Keys:
    redis, _ = reach_redis()
    return Keys(redis)


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
