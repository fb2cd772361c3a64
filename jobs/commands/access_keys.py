"""`shotlens keys`: create, list and revoke access keys."""

import argparse
import sys
import time

from jobs.access_keys import AccessKeys
from jobs.commands.service_redis import connect_to_service
from shotlens.shots.errors import ShotlensError


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command, with its three actions, to the parser."""
    parser = commands.add_parser("keys", help="create, list and revoke access keys to the service")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    adding = actions.add_parser(
        "add", help="create a key and show it, this once; as soon as one exists, every request needs one"
    )
    adding.add_argument("name", help="whose key it is")
    adding.set_defaults(command=lambda options: add(options.name))
    actions.add_parser("list", help="list all keys: id, date, name, date of revocation").set_defaults(
        command=lambda options: show()
    )
    revoking = actions.add_parser("revoke", help="revoke a key for good; the service refuses it within a second")
    revoking.add_argument("id")
    revoking.set_defaults(command=lambda options: revoke(options.id))


def add(name: str) -> int:
    """Create a key and print it alone on stdout, so that scripts can read it; explanations go to stderr."""
    access_keys = _access_keys()
    is_first = not access_keys.all()
    token, _ = access_keys.add(name)
    print(token)
    print("This is the only time that it is shown. Send it as `Authorization: Bearer <key>`.", file=sys.stderr)
    if is_first:
        print("It is the first key: from now on, the service answers nobody without one.", file=sys.stderr)
    return 0


def show() -> int:
    """Print one line per key: its id, when it was created, its name, and when it was revoked."""
    access_keys = _access_keys().all()
    for access_key in access_keys.values():
        end = f"  (revoked {_date(access_key.revoked)})" if access_key.revoked else ""
        print(f"{access_key.id}  {_date(access_key.created)}  {access_key.name}{end}")
    if not access_keys:
        print("There are no keys: anyone who can reach the service can use it.")
    return 0


def revoke(key_id: str) -> int:
    """Revoke a key. Raises ShotlensError if no such key is in use."""
    access_keys = _access_keys()
    if not access_keys.revoke(key_id):
        raise ShotlensError(f"No key {key_id} is in use; `shotlens keys list` shows the ids.")
    print(f"{key_id} is revoked.")
    if all(access_key.revoked for access_key in access_keys.all().values()):
        print("It was the last one: until you create another, the service answers nobody.")
    return 0


def _access_keys() -> AccessKeys:
    redis, _ = connect_to_service()
    return AccessKeys(redis)


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
