# SPDX-License-Identifier: Apache-2.0
"""`python -m intake serve | api | consume | timers | relay | fetch | migrate`."""

from chassis.command_line import command_line
from intake.app import build
from intake.settings import IntakeSettings

app = command_line(IntakeSettings, build, ("fetch",))

if __name__ == "__main__":
    app()
