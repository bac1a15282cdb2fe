# SPDX-License-Identifier: Apache-2.0
"""Which version of a case a request saw, and what it is told where the case is another one by now (ADR 0030)."""

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Header, Request

from chassis.web.problems import FieldError, Problem
from routing.domain.case import Case
from routing.domain.commands import Command
from routing.shown.history import HistoryLine

FIELD = "version"
CHANGED = "case-changed"
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=60,
        description="The ETag of the case as you saw it: if something happened since that you should know, the "
        "command is not carried out (409, `case-changed`); left out or `*`: it is, whatever happened",
    ),
]


async def _documented(_: IfMatch = None) -> None:
    """`version_seen` reads the header itself; here it is documented."""


TAKES_VERSION = Depends(_documented)
"""For each route that asks a command about one case."""


class CommandRefused(Problem):
    """Why a command was not carried out, with the case as it is now, and what happened since its giver saw it."""

    def __init__(self, problem: Problem, case: Case, command: Command, changes: Sequence[HistoryLine] = ()) -> None:
        told = {"version": case.version, "changes": [line.model_dump(mode="json") for line in changes]}
        super().__init__(
            problem.status,
            problem.code,
            errors=problem.errors,
            extra={**problem.extra, **(told if problem.code == CHANGED else {})},
            values=problem.values,
            headers=problem.headers,
        )
        self.case = case
        self.command = command
        self.changes = changes


class CommandNotTaken(Problem):
    """503: whether a command was carried out is not known, or it was not; its giver can send it again."""

    def __init__(self, problem: Problem, command: Command) -> None:
        super().__init__(problem.status, problem.code, extra=problem.extra, headers=problem.headers)
        self.command = command


def etag(case: Case) -> str:
    return f'"{case.version}"'


async def version_seen(request: Request) -> int | None:
    """By the header If-Match, or the field of a page's form; None where it is not said. Raises Problem 422."""
    said = request.headers.get("if-match")
    if said is None and _is_form(request):
        field = (await request.form()).get(FIELD)
        said = f'"{field}"' if isinstance(field, str) and field else None
    if said is None or said == "*":
        return None
    found = _TAG.fullmatch(said)
    if found is None:
        code = "problems.unknown-version"
        error = FieldError(field="header.If-Match", message=f"{code}.title", expected=f"{code}.expected")
        raise Problem(422, "unknown-version", errors=[error])
    return int(found[1])


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(("application/x-www-form-urlencoded", "multipart/"))
