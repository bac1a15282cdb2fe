# SPDX-License-Identifier: Apache-2.0
"""`python -m ventanilla_local COMMAND`: what the Makefile calls."""

import argparse
import sys

from .with_infra import with_infra


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ventanilla_local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    with_infra_ = commands.add_parser("with-infra", help="run a command with broker, database and mail server up")
    with_infra_.add_argument("--mail", action=argparse.BooleanOptionalAction, default=True)
    with_infra_.add_argument("words", nargs="+", metavar="COMMAND")
    chosen = parser.parse_args(arguments)
    return with_infra(chosen.words, mail=chosen.mail)


if __name__ == "__main__":
    sys.exit(main())
