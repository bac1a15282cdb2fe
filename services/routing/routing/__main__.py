# SPDX-License-Identifier: Apache-2.0
"""`python -m routing serve | api | consume | timers | relay | migrate`."""

from chassis.command_line import command_line
from routing.app import build
from routing.settings import RoutingSettings

app = command_line(RoutingSettings, build)

if __name__ == "__main__":
    app()
