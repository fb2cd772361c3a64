"""`shotlens dead`: list the work that failed its last attempt, or start it again."""

import argparse

from jobs.commands.reach import reach_redis
from jobs.record import Jobs


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("dead", help="list the work that failed its last attempt, or start it again")
    parser.add_argument("--requeue", metavar="ID", help="start the job of this entry again; 'all' for every one")
    parser.set_defaults(command=lambda options: start_again(options.requeue) if options.requeue else show())


def show() -> int:
    """Print one line per dead letter: its id, job, stage, reason."""
    letters = _jobs().dead()
    for letter_id, fields in letters:
        print(f"{letter_id}  job {fields['job']}  {fields['stream']}  {fields['reason']}")
    if not letters:
        print("Nothing is dead.")
    return 0


def start_again(which: str) -> int:
    """Start the job of one dead letter, or of all, from its video. Exit code 1 when there was none."""
    jobs = _jobs()
    ids = [letter_id for letter_id, _ in jobs.dead()] if which == "all" else [which]
    started = [letter_id for letter_id in ids if jobs.requeue(letter_id)]
    print(f"{len(started)} of {len(ids)} started again.")
    return 0 if started or not ids else 1


def _jobs() -> Jobs:
    redis, settings = reach_redis()
    return Jobs(redis, settings.keep_days * 86400)
