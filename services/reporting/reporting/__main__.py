# SPDX-License-Identifier: Apache-2.0
"""`python -m reporting serve | api | consume | timers | relay | migrate`."""

from chassis.command_line import command_line
from reporting.app import build
from reporting.settings import ReportingSettings

app = command_line(ReportingSettings, build)

if __name__ == "__main__":
    app()
