# SPDX-License-Identifier: Apache-2.0
"""From an HTTP request to a command and back: the outcome, or the problem in the words of who must act."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Header, Request

from chassis.commands import Commands, NotAnswered
from chassis.decision import Refused
from chassis.idempotency import Key, fingerprint_of
from chassis.subjects import Aggregate
from chassis.web.problems import FieldError, Problem, Unavailable

STATUS = {"conflict": 409, "invalid": 422, "not-found": 404, "forbidden": 403}
RETRY_SECONDS = 5
LONGEST_KEY = 200
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_KEY,
        description="Your name for this command: repeated with the same body within seven days, it is not done again "
        "and hears the first answer",
    ),
]


async def _checked(_: IdempotencyKey = None) -> None:
    """`ask` reads the header itself; here it is checked and documented."""


TAKES_IDEMPOTENCY_KEY = Depends(_checked)
"""For each route that asks a command."""


async def ask(
    commands: Commands, request: Request, aggregate: Aggregate, subject: str, command: object
) -> Mapping[str, object]:
    """Carry out a command; its result. Raises Problem: refused, or 503 while the database is away.

    An Idempotency-Key counts per path and actor (``command.actor``): repeated with the same body it hears the first
    answer.
    """
    name = _name_of_key(request, _who(command))
    try:
        outcome = await commands.execute(
            aggregate,
            subject,
            command,
            traceparent=request.state.traceparent,
            key=name,
            body=await request.body() if name else b"",
        )
    except NotAnswered as error:
        raise unavailable(unknown=error.unknown) from None
    if isinstance(outcome, Refused):
        raise refused(outcome)
    return outcome


async def key_of(request: Request, who: str) -> Key | None:
    """The Idempotency-Key of what is no subject's command (Idempotency.once); None where none was sent."""
    name = _name_of_key(request, who)
    return Key(name, fingerprint_of(await request.body())) if name else None


def _name_of_key(request: Request, who: str) -> str | None:
    key = request.headers.get("idempotency-key")
    return f"{who} {request.url.path} {key}" if key else None


def _who(command: object) -> str:
    return str(getattr(getattr(command, "actor", None), "id", ""))


def unavailable(*, unknown: bool = False) -> Problem:
    """503: nothing was promised; ask again."""
    if not unknown:
        return Unavailable("database", retry_after=RETRY_SECONDS)
    return Problem(503, "outcome-unknown", headers={"Retry-After": str(RETRY_SECONDS)})


def refused(outcome: Refused) -> Problem:
    """A refusal as a problem; a conflict says in ``allowed`` what can be done instead, if anything."""
    extra = {"allowed": list(outcome.allowed)} if outcome.kind == "conflict" else {}
    return Problem(STATUS[outcome.kind], outcome.code, extra=extra, values=outcome.values, errors=_fields(outcome))


def _fields(outcome: Refused) -> tuple[FieldError, ...]:
    if outcome.field is None:
        return ()
    code = f"problems.{outcome.code}"
    place = outcome.field if outcome.field.startswith(("$", "header.")) else f"$.{outcome.field}"
    return (FieldError(field=place, message=f"{code}.title", expected=f"{code}.expected"),)
