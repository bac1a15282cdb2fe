# SPDX-License-Identifier: Apache-2.0
"""The forms on a case's page about the ombudsman of the financial consumer (ICX-08)."""

from collections.abc import Callable, Mapping
from typing import get_args

from starlette.datastructures import FormData

from routing.domain.answering.commands import MarkOmbudsman, NoteOmbudsmanDecision, WidenOmbudsman
from routing.domain.commands import Command
from routing.pages.answering_shown import AnsweringForm
from routing.pages.case_forms import day_of, line_of
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.vocabulary import Favour

LONGEST_ADDRESS = 254


def _mark(form: FormData, actor: Actor, text: str) -> MarkOmbudsman | None:
    reference, day = line_of(form, "reference"), day_of(form, "received_on")
    if not reference or not day or not text:
        return None
    return MarkOmbudsman(actor, reference, day, text, line_of(form, "email", LONGEST_ADDRESS) or None)


def _widen(form: FormData, actor: Actor, text: str) -> WidenOmbudsman | None:
    reference, day = line_of(form, "reference"), day_of(form, "due")
    return WidenOmbudsman(actor, reference, day, text) if reference and day and text else None


def decision_in(form: FormData, actor: Actor, text: str) -> NoteOmbudsmanDecision | None:
    """Without its files; None where something that is needed was left out."""
    reference, day = line_of(form, "reference"), day_of(form, "decided_on")
    favour: Favour | None = next((one for one in get_args(Favour) if one == form.get("favour")), None)
    if not reference or not day or not text or favour is None:
        return None
    return NoteOmbudsmanDecision(actor, reference, day, favour, text)


OMBUDSMAN_FORMS: Mapping[AnsweringForm, Callable[[FormData, Actor, str], Command | None]] = {
    "mark-ombudsman": _mark,
    "widen-ombudsman": _widen,
}
"""None where something that is needed was left out."""
