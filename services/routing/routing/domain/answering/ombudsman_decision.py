# SPDX-License-Identifier: Apache-2.0
"""What the ombudsman decided, once they had the house's answer (ICX-08; Decreto 2555 de 2010, art. 2.34.2.1.5).

It is noted, and moves nothing: whether the house does as they say is another matter.
"""

from datetime import datetime

from chassis.decision import Decision, Refused
from routing.domain.answering.commands import NoteOmbudsmanDecision
from routing.domain.answering.ombudsman_records import OmbudsmanDecision, replaced
from routing.domain.case import Case
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.routing import OmbudsmanDecided, PersonalWords


def note_decision(
    policy: Policy, case: Case, command: NoteOmbudsmanDecision, now: datetime
) -> Decision[Case] | Refused:
    """Once of each request, between the day of the answer and today; also of a case that is over."""
    asked = next((one for one in case.ombudsman if one.is_called(command.reference)), None)
    if asked is None:
        return Refused("unknown-ombudsman-request", "invalid", "reference", {"reference": command.reference})
    if asked.decision is not None:
        return Refused("ombudsman-decided", values={"reference": asked.reference})
    if asked.answered_at is None:
        return Refused("ombudsman-not-answered")
    first, today = policy.calendar.local_date(asked.answered_at), policy.calendar.local_date(now)
    if not first <= command.decided_on <= today:
        days = {"since": first.isoformat(), "today": today.isoformat()}
        return Refused("not-since-the-answer", "invalid", "decided_on", days)
    decision = OmbudsmanDecision(
        decided_on=command.decided_on,
        favour=command.favour,
        text=command.text,
        files=command.files,
        by=command.actor,
        noted_at=now,
    )
    said = OmbudsmanDecided(
        actor=command.actor,
        reference=asked.reference,
        decided_on=command.decided_on,
        favour=command.favour,
        files=command.files,
        personal=PersonalWords(text=command.text),
    )
    handling = Handling(case, now)
    decided = asked.model_copy(update={"decision": decision})
    handling.say(said, ombudsman=replaced(case.ombudsman, asked, decided))
    return handling.decision()


def why_no_decision(case: Case) -> str | None:
    """None where one of their requests has an answer and no decision yet."""
    answered = [one for one in case.ombudsman if one.answer_id is not None]
    if not answered:
        return "ombudsman-not-answered"
    return None if any(one.decision is None for one in answered) else "ombudsman-decided"
