# SPDX-License-Identifier: Apache-2.0
"""`python -m routing serve | api | consume | timers | relay | migrate | classifier …`."""

from chassis.command_line import command_line
from routing.app import build
from routing.learning.cli import classifier
from routing.settings import RoutingSettings

app = command_line(RoutingSettings, build)
app.add_typer(classifier, name="classifier")

if __name__ == "__main__":
    app()
