# SPDX-License-Identifier: Apache-2.0
"""`python -m ventanilla_local COMMAND`: what the Makefile calls."""

import argparse
import os
import signal
import sys

from . import doctor
from .downloads import DownloadError
from .house import AlreadyRunningError, stop
from .process import DidNotStartError
from .testing import test
from .way import NoWayError
from .with_infra import EndedError, signals_unwind, with_infra


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code. Ctrl-C and SIGTERM stop what was started and give 128 + the signal's number."""
    chosen = _parser().parse_args(arguments)
    with signals_unwind():
        try:
            return _run(chosen)
        except (NoWayError, DidNotStartError, AlreadyRunningError, DownloadError) as problem:
            print(problem, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 128 + signal.SIGINT
        except EndedError as ended:
            return 128 + ended.number


def _run(chosen: argparse.Namespace) -> int:
    match chosen.command:
        case "doctor":
            return doctor.main([])
        case "with-infra":
            return with_infra(chosen.words, mail=chosen.mail)
        case "test":
            return test(chosen.names)
        case "stop":
            return stop()
        # Imported here: they bring clients of everything, for which the other commands need not wait.
        case "run":
            from .run import run

            return run(again=chosen.again, apart=chosen.apart)
        case "demo":
            from .demo import demo

            return demo(minutes=chosen.minutes, seed=chosen.seed, stays=chosen.stay)
    raise AssertionError(chosen.command)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ventanilla_local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", help="say what is missing on this machine and how to get it")
    with_infra_ = commands.add_parser("with-infra", help="run a command with broker, database and mail server up")
    with_infra_.add_argument("--mail", action=argparse.BooleanOptionalAction, default=True)
    with_infra_.add_argument("words", nargs="+", metavar="COMMAND")
    tests = commands.add_parser("test", help="run all tests, or the named suites")
    tests.add_argument("names", nargs="*", metavar="SUITE")
    commands.add_parser("stop", help="end a `run` or `demo` of this checkout")
    run_ = commands.add_parser("run", help="the whole house with a sample day of cases, in real time")
    again = os.environ.get("SAMPLE") == "again"
    run_.add_argument(
        "--again", action="store_true", default=again, help="file the sample day once more (SAMPLE=again)"
    )
    run_.add_argument("--apart", action="store_true", help="fresh data and any ports, beside another house")
    demo_ = commands.add_parser("demo", help="a month of cases in some minutes, by the accelerated clock")
    demo_.add_argument(
        "--minutes",
        type=float,
        default=os.environ.get("MINUTES", 4.0),
        help="real minutes that the month takes (MINUTES=4)",
    )
    demo_.add_argument(
        "--seed", type=int, default=os.environ.get("SEED", 1), help="another seed is another month (SEED=1)"
    )
    demo_.add_argument(
        "--stay", action="store_true", default="STAY" in os.environ, help="stay up when the month is over (STAY=1)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
