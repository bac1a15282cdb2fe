# SPDX-License-Identifier: Apache-2.0
"""`python -m intake serve | api | consume | timers | relay | fetch | receive | regulator | migrate`."""

from chassis.command_line import command_line
from intake.app import build
from intake.mails_cli import mails_command
from intake.settings import IntakeSettings

app = command_line(IntakeSettings, build, ("fetch", "receive", "regulator"))
app.command("mails", help="whether every mail that came in has its outcome")(mails_command)

if __name__ == "__main__":
    app()
