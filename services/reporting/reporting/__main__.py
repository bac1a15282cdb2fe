# SPDX-License-Identifier: Apache-2.0
"""`python -m reporting serve | api | consume | timers | relay | migrate | count | audit`."""

from chassis.command_line import command_line
from reporting.app import build
from reporting.audit.command import run_audit
from reporting.settings import ReportingSettings

app = command_line(ReportingSettings, build)
app.command("audit", help="hold all topics and stores of the house against each other")(run_audit)

if __name__ == "__main__":
    app()
