# SPDX-License-Identifier: Apache-2.0
"""`python -m chassis`: what an operator does that belongs to no service."""

import typer

from chassis.staff_cli import staff_app
from chassis.topics_cli import topics_app

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
app.add_typer(staff_app, name="staff")
app.add_typer(topics_app, name="topics")


@app.callback()
def _chassis() -> None:
    """Ventanilla: tools that belong to no service."""


if __name__ == "__main__":
    app()
