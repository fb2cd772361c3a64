"""`shotlens dead`: list the dead letters, work whose last attempt failed, or restart their jobs."""

import argparse

from jobs.commands.service_redis import connect_to_service
from jobs.record import Jobs


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("dead", help="list work that failed its last attempt, or retry it")
    parser.add_argument(
        "--requeue", metavar="ID", help="restart the job of this entry from its video; 'all' restarts every one"
    )
    parser.set_defaults(command=lambda options: requeue(options.requeue) if options.requeue else show())


def show() -> int:
    """Print one line per dead letter: its id, job, stream, reason."""
    letters = _jobs().dead()
    for letter_id, fields in letters:
        print(f"{letter_id}  job {fields['job']}  {fields['stream']}  {fields['reason']}")
    if not letters:
        print("There are no dead letters.")
    return 0


def requeue(which: str) -> int:
    """Restart the job of one dead letter, or of `all`, from its video. Exit code 1 if none could be restarted."""
    jobs = _jobs()
    ids = [letter_id for letter_id, _ in jobs.dead()] if which == "all" else [which]
    restarted = [letter_id for letter_id in ids if jobs.requeue(letter_id)]
    print(f"{len(restarted)} of {len(ids)} started again.")
    return 0 if restarted or not ids else 1


def _jobs() -> Jobs:
    redis, settings = connect_to_service()
    return Jobs(redis, settings.keep_days * 86400)
