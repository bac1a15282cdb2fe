# SPDX-License-Identifier: Apache-2.0
"""What the routes that give a command about one case have in common."""

from typing import Any

from fastapi import Request

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from routing.api.result import CommandResult
from routing.desk import Desk
from routing.domain.commands import Command
from routing.versions import TAKES_VERSION

COMMAND: dict[str, Any] = {
    "tags": ["commands"],
    "dependencies": [TAKES_IDEMPOTENCY_KEY, TAKES_VERSION],
    "response_model_exclude_unset": True,
}
"""How such a route is declared."""


async def give(desk: Desk, request: Request, number: str, command: Command) -> CommandResult:
    """Carry it out. Raises CommandRefused or Problem."""
    return CommandResult.model_validate(await desk.give(request, await desk.case(number), command))
