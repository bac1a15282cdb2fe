# SPDX-License-Identifier: Apache-2.0
"""The mark of an emergency at a case: set by the rules or by a person, taken away by a person (SQR-03; ADR 0021)."""

from dataclasses import dataclass, replace
from datetime import datetime

from chassis.decision import Decision, Refused
from intake.domain.case import Case, EmergencyMark
from intake.domain.emergencies import Emergencies
from intake.domain.splitting import SplitCase
from intake.domain.submission import FileSubmission
from intake.domain.texts import one_line
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Emergency, EmergencyDecided
from ventanilla_contracts.vocabulary import EmergencyMatter

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class DecideEmergency:
    """A person marks the case (``matter``), or takes the mark away (None), which needs a reason."""

    actor: Actor
    matter: EmergencyMatter | None
    reason: str = ""


def with_emergency(message: object, rules: Emergencies) -> object:
    """What is filed, with the danger of which it speaks; whoever writes it down knows better than the rules."""
    match message:
        case SplitCase():
            return replace(message, filing=_marked(message.filing, rules))
        case FileSubmission():
            return _marked(message, rules)
    return message


def decide_emergency(case: Case | None, command: DecideEmergency, now: datetime) -> Decision[Case] | Refused:
    """The same again changes nothing."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    reason = one_line(command.reason)
    if command.matter is None and not reason:
        return Refused("emergency-reason-missing", kind="invalid", field="$.reason")
    before = case.emergency.matter if case.emergency else None
    told: dict[str, object] = {"case_number": case.number, "emergency": command.matter}
    if before == command.matter:
        return Decision(case, result=told)
    emergency = Emergency(matter=command.matter, by="person") if command.matter else None
    mark = EmergencyMark(emergency=emergency, at=now, by=command.actor, reason=reason)
    event = EmergencyDecided(actor=command.actor, emergency=emergency, reason=reason)
    return Decision(case.model_copy(update={"mark": mark}), (event,), result=told)


def _marked(command: FileSubmission, rules: Emergencies) -> FileSubmission:
    form = command.form
    found = rules.found_in(form.subject, form.text)
    stated = Emergency(matter=form.emergency, by="person") if form.emergency else None
    return replace(command, emergency=stated or found)
