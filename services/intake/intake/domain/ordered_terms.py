# SPDX-License-Identifier: Apache-2.0
"""An authority says until when: a judge in a tutela (ICX-15), a regulator in its request (CNF-03)."""

from dataclasses import dataclass
from datetime import date, timedelta

from chassis.decision import Decision, Refused
from intake.domain.case import Case
from intake.domain.tutelas import checked_tutela, tutela_of
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import TermOrdered, TutelaForm

LONGEST_REGULATOR_TERM = timedelta(days=180)
_ANY_ZONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RegisterTutela:
    """Somebody read that the case is a tutela, or that the judge says another date and hour."""

    actor: Actor
    tutela: TutelaForm


@dataclass(frozen=True, slots=True)
class TellRegulatorDue:
    """Somebody read until when the regulator wants the answer."""

    actor: Actor
    due: date


def register_tutela(case: Case | None, command: RegisterTutela) -> Decision[Case] | Refused:
    """What is said last holds; the same again changes nothing."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    form = checked_tutela(command.tutela)
    tutela = form if isinstance(form, Refused) else tutela_of(form, case.received_at)
    if isinstance(tutela, Refused):
        return tutela
    told: dict[str, object] = {"case_number": case.number, "answer_by": tutela.answer_by.isoformat()}
    if tutela == case.tutela:
        return Decision(case, result=told)
    ordered = TermOrdered(actor=command.actor, tutela=tutela)
    return Decision(case.model_copy(update={"tutela": tutela}), (ordered,), result=told)


def tell_regulator_due(case: Case | None, command: TellRegulatorDue) -> Decision[Case] | Refused:
    """Only of a request of a regulator."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    if case.regulator is None:
        return Refused("not-a-regulator-request", values={"number": case.number})
    first = (case.received_at - _ANY_ZONE).date()
    if not first <= command.due <= first + LONGEST_REGULATOR_TERM:
        return Refused("regulator-due-range", kind="invalid", field="$.due")
    told: dict[str, object] = {"case_number": case.number, "due": command.due.isoformat()}
    regulator = case.regulator.model_copy(update={"due": command.due, "business_days": None})
    if regulator == case.regulator:
        return Decision(case, result=told)
    ordered = TermOrdered(actor=command.actor, regulator_due=command.due)
    return Decision(case.model_copy(update={"regulator": regulator, "asks_due": None}), (ordered,), result=told)
