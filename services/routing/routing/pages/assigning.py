# SPDX-License-Identifier: Apache-2.0
"""Giving cases to another responder by form (CNF-07): who can be chosen, and what was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData

from chassis.safe_text import without_controls
from chassis.web.door import door_of
from routing.desk import Desk
from routing.domain.commands import Assign
from routing.roles import DELIVERERS
from ventanilla_contracts.envelope import Actor

LONGEST_OBSERVATION = 500


@dataclass(frozen=True)
class Choice:
    """A member of staff who can have a case; ``area`` by its name."""

    id: str
    name: str
    area: str


def choices(request: Request, desk: Desk) -> Sequence[Choice]:
    """Whoever may deliver, by area and name."""
    staff, areas = door_of(request).staff, desk.policy.classifier.areas
    members = [one for one in staff.members if set(one.roles) & set(DELIVERERS)] if staff else []
    named = [Choice(one.id, one.name, areas[one.area].name if one.area in areas else "") for one in members]
    return sorted(named, key=lambda one: (one.area, one.name))


def assignment_in(form: FormData, actor: Actor) -> Assign:
    """An unknown responder is refused by the rules."""
    said = {name: form.get(name) for name in ("responder", "observation")}
    words = {name: without_controls(value).strip() for name, value in said.items() if isinstance(value, str)}
    observation = words.get("observation", "")[:LONGEST_OBSERVATION]
    return Assign(actor, words.get("responder", "")[:100], observation or None)
