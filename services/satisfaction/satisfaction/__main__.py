# SPDX-License-Identifier: Apache-2.0
"""`python -m satisfaction serve | api | consume | timers | relay | migrate`."""

from chassis.command_line import command_line
from satisfaction.app import build
from satisfaction.settings import SatisfactionSettings

app = command_line(SatisfactionSettings, build)

if __name__ == "__main__":
    app()
