# SPDX-License-Identifier: Apache-2.0
"""`python -m routing serve | api | consume | timers | relay | migrate | deadline | classifier | matrix …`."""

from chassis.command_line import command_line
from routing.app import build
from routing.deadline_cli import deadline
from routing.learning.cli import classifier
from routing.matrix.cli import matrix
from routing.searching.cli import search
from routing.settings import RoutingSettings

app = command_line(RoutingSettings, build)
app.command("deadline")(deadline)
app.add_typer(classifier, name="classifier")
app.add_typer(matrix, name="matrix")
app.add_typer(search, name="search")

if __name__ == "__main__":
    app()
