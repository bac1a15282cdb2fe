# SPDX-License-Identifier: Apache-2.0
"""The forms on a case's page about the ombudsman of the financial consumer (ICX-08)."""

from collections.abc import Callable, Mapping

from starlette.datastructures import FormData

from routing.domain.answering.commands import MarkOmbudsman, WidenOmbudsman
from routing.domain.commands import Command
from routing.pages.answering_shown import AnsweringForm
from routing.pages.case_forms import day_of, line_of
from ventanilla_contracts.envelope import Actor

LONGEST_ADDRESS = 254


def _mark(form: FormData, actor: Actor, text: str) -> MarkOmbudsman | None:
    reference, day = line_of(form, "reference"), day_of(form, "received_on")
    if not reference or not day or not text:
        return None
    return MarkOmbudsman(actor, reference, day, text, line_of(form, "email", LONGEST_ADDRESS) or None)


def _widen(form: FormData, actor: Actor, text: str) -> WidenOmbudsman | None:
    reference, day = line_of(form, "reference"), day_of(form, "due")
    return WidenOmbudsman(actor, reference, day, text) if reference and day and text else None


OMBUDSMAN_FORMS: Mapping[AnsweringForm, Callable[[FormData, Actor, str], Command | None]] = {
    "mark-ombudsman": _mark,
    "widen-ombudsman": _widen,
}
"""None where something that is needed was left out."""
