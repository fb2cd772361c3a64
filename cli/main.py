"""The command `shotlens`: what it can do, and how a person calls it."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from api.exports import Format
from cli import training
from jobs.errors import ShotlensError
from jobs.settings import explain
from jobs.shot import DetectorName


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Expected errors are one sentence on stderr."""
    options = _parse(sys.argv[1:] if arguments is None else list(arguments))
    try:
        return int(options.command(options))
    except ShotlensError as error:
        print(f"shotlens: {error}", file=sys.stderr)
        return 1
    except ValidationError as error:
        print(f"shotlens: {explain(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; what follows `scenedetect` is for PySceneDetect to read."""
    own = arguments[:1] if arguments[:1] == ["scenedetect"] else arguments
    options = _parser().parse_args(own)
    options.arguments = arguments[len(own) :]
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="shotlens",
        description="A video goes in, its shots come out.",
        epilog="@FILE stands for the arguments in it, one a line.",
        fromfile_prefix_chars="@",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="start the whole service on this machine")
    run.add_argument("--host", default=os.environ.get("SHOTLENS_HOST", "127.0.0.1"), help="address to listen on")
    run.add_argument("--port", type=int, default=os.environ.get("SHOTLENS_PORT", "5000"), help="port to listen on")
    run.set_defaults(command=_run)

    predict = commands.add_parser("predict", help="find and label the shots of videos")
    predict.add_argument("videos", nargs="+", type=Path, metavar="VIDEO")
    output = predict.add_mutually_exclusive_group()
    output.add_argument(
        "--format", choices=("table", *get_args(Format)), default="table", dest="form", help="what to print (table)"
    )
    for form, what in (("json", "print the result as GET /jobs/<id> gives it"), ("csv", "print one line per shot")):
        output.add_argument(f"--{form}", action="store_const", dest="form", const=form, help=what)
    predict.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write a file of each video there, named as the video, not to print"
    )
    predict.add_argument("--frames", type=Path, metavar="FOLDER", help="keep the eight frames of each shot there")
    predict.add_argument(
        "--detector", choices=get_args(DetectorName), help="what finds the cuts: our own, or one of PySceneDetect's"
    )
    predict.add_argument(
        "--url", help="let the service at this address do the work; SHOTLENS_KEY is the key that it may ask for"
    )
    predict.set_defaults(command=_predict)

    library = commands.add_parser(
        "scenedetect", help="PySceneDetect's own command line, with our detector as detect-shots", add_help=False
    )
    library.set_defaults(command=_scenedetect)

    training.add_commands(commands)

    dead = commands.add_parser("dead", help="list the work that failed its last attempt, or start it again")
    dead.add_argument("--requeue", metavar="ID", help="start the job of this entry again; 'all' for every one")
    dead.set_defaults(command=_dead)

    keys = commands.add_parser("keys", help="make, list and revoke the keys of those who may use the service")
    actions = keys.add_subparsers(required=True, metavar="ACTION", dest="action")
    add = actions.add_parser("add", help="make a key and show it, once; from the first one on, the service asks for it")
    add.add_argument("name", help="whose it is")
    actions.add_parser("list", help="list all keys: id, name, when made, when revoked")
    revoke = actions.add_parser("revoke", help="take a key's rights within a second, for good")
    revoke.add_argument("id")
    keys.set_defaults(command=_keys)
    return parser


def _run(options: argparse.Namespace) -> int:
    from cli.run import run

    return run(options.host, options.port)


def _predict(options: argparse.Namespace) -> int:
    if options.url and options.frames:
        raise ShotlensError("--frames keeps the frames of a local run; with --url the service has them.")
    from cli.predict import predict

    return predict(
        options.videos,
        options.form,
        url=options.url,
        frames=options.frames,
        detector=options.detector,
        out=options.out,
    )


def _scenedetect(options: argparse.Namespace) -> int:
    from cli.scenedetect import scenedetect

    return scenedetect(options.arguments)


def _dead(options: argparse.Namespace) -> int:
    from cli.dead import show, start_again

    return start_again(options.requeue) if options.requeue else show()


def _keys(options: argparse.Namespace) -> int:
    from cli import keys

    if options.action == "add":
        return keys.add(options.name)
    return keys.revoke(options.id) if options.action == "revoke" else keys.show()


if __name__ == "__main__":
    sys.exit(main())
