# SPDX-License-Identifier: Apache-2.0
"""An operator at the terminal: who acts, and what is said when it cannot be done.

Exit codes of these commands: 0 done; 1 not, or not all, done (what the line on stderr says); 2 the command line or a
setting is wrong, nothing was tried.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer
from aiokafka.errors import KafkaError

from chassis.log_ends import TopicsMissing
from chassis.mongo import Conflict, Unavailable
from chassis.operating.acts import NotPossible
from chassis.service import Runtime
from chassis.settings import ServiceSettings
from chassis.staff import Role, load_staff

T = TypeVar("T")
OPERATOR: Role = "operator"
EXIT_CODES = "Exit codes: 0 done; 1 not, or not all, done; 2 the command line or a setting is wrong."
ActorOption = Annotated[
    str | None,
    typer.Option(
        "--actor",
        envvar="VENTANILLA_ACTOR",
        show_envvar=True,
        help="who acts: an operator's id or e-mail address in the staff file; the audit keeps the id",
    ),
]


def operator_named(settings: ServiceSettings, actor: str | None) -> str:
    """The id of the operator who acts. Raises BadParameter (exit 2)."""
    if not actor:
        raise typer.BadParameter("say who acts, here or in VENTANILLA_ACTOR", param_hint="--actor")
    staff = load_staff(settings.staff_file)
    member = staff.by_id(actor) or staff.by_email(actor)
    if member is not None and OPERATOR in member.roles:
        return member.id
    fault = "is not in the staff file" if member is None else f"has no role {OPERATOR} in the staff file"
    operators = ", ".join(one.id for one in staff.with_role(OPERATOR)) or "nobody"
    raise typer.BadParameter(f"{actor} {fault} {settings.staff_file}; who has it: {operators}", param_hint="--actor")


def carried_out(runtime_of: Callable[[], Runtime[Any]], work: Callable[[Runtime[Any]], Awaitable[T]]) -> T:
    """What ``work`` gives; else a line on stderr, in the words of who must act, and exit 1."""

    async def working() -> T:
        runtime = runtime_of()
        try:
            return await work(runtime)
        finally:
            runtime.database.close()

    try:
        return asyncio.run(working())
    except NotPossible as problem:
        print(problem, file=sys.stderr)
    except Unavailable:
        print("MONGODB_URI: the database does not answer; nothing more is known to be done", file=sys.stderr)
    except Conflict:
        print("others keep changing the same; nothing was done, try again", file=sys.stderr)
    except TopicsMissing as missing:
        print(f"topics missing: {missing}; python -m chassis topics --apply creates them", file=sys.stderr)
    except (KafkaError, OSError) as error:
        print(f"KAFKA_BOOTSTRAP_SERVERS: {type(error).__name__}; nothing more is known to be done", file=sys.stderr)
    raise typer.Exit(1)


def moment(settings: ServiceSettings, text: str, option: str) -> datetime:
    """An instant as a person writes it; without an offset, of the organisation's zone. Raises BadParameter."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("expected a time such as 2026-03-02T10:15", param_hint=option) from None
    return read if read.tzinfo else read.replace(tzinfo=settings.zone)
