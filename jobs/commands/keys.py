"""`shotlens keys`: make an access key, list them, revoke one."""

import argparse
import sys
import time

from jobs.access_keys import AccessKeys
from jobs.commands.reach import reach_redis
from shotlens.shots.errors import ShotlensError


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command, with its three actions, to the parser."""
    parser = commands.add_parser("keys", help="make, list and revoke the access keys of those who may use the service")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    adding = actions.add_parser(
        "add", help="make a key and show it, once; from the first one on, the service asks for it"
    )
    adding.add_argument("name", help="whose it is")
    adding.set_defaults(command=lambda options: add(options.name))
    actions.add_parser("list", help="list all keys: id, date, name, date of revocation").set_defaults(
        command=lambda options: show()
    )
    revoking = actions.add_parser("revoke", help="revoke a key for good; the service refuses it within a second")
    revoking.add_argument("id")
    revoking.set_defaults(command=lambda options: revoke(options.id))


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


def _keys() -> AccessKeys:
    redis, _ = reach_redis()
    return AccessKeys(redis)


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
