# SPDX-License-Identifier: Apache-2.0
"""The action plan of a responder, as the form writes it (CNF-10)."""

from datetime import date

from starlette.datastructures import FormData

from routing.pages.answering_shown import PLAN_ROWS
from ventanilla_contracts.routing import PlannedAction


def plan_in(form: FormData) -> tuple[PlannedAction, ...] | None:
    """Empty rows are left alone; None where one is not whole."""
    plan: list[PlannedAction] = []
    for n in range(1, PLAN_ROWS + 1):
        what, who, until = (_line(form, f"plan-{name}-{n}") for name in ("what", "who", "until"))
        if not (what or who or until):
            continue
        if not (what and who and _day(until)):
            return None
        plan.append(PlannedAction(what=what, who=who, until=date.fromisoformat(until)))
    return tuple(plan)


def _line(form: FormData, name: str) -> str:
    value = form.get(name)
    return " ".join(value.split())[:500] if isinstance(value, str) else ""


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
