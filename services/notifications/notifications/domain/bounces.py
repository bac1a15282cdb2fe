# SPDX-License-Identifier: Apache-2.0
"""A letter that was sent and came back: intake has the report, the sender has the letter, its case hears of both.

A report may be here before the word of the sender that the letter left: it is kept until then.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.decision import Decision, Put, Remove
from notifications.domain.case import Case
from notifications.domain.letters import OPEN, SERVICE, Letter, LetterState, Recipient, letter_id
from notifications.domain.outcomes import settled
from ventanilla_contracts.envelope import Actor, Instant
from ventanilla_contracts.intake import DeliveryReportReceived
from ventanilla_contracts.notifications import DeliveryBounced, PersonalDelivery

BOUNCES = "bounces"
"""Reports that wait for the sender."""

_COMES_BACK: frozenset[LetterState] = frozenset({"sending", "sent", "failed", "bounced", "unknown"})
_ADDRESS = re.compile(r"<?[^\s<>@]{1,320}@[^\s<>@]{1,320}>?")


@dataclass(frozen=True)
class LetterBounced:
    """A mail server gave the letter back that was for ``address``; ``id`` is the report's in BOUNCES."""

    letter: Letter
    id: str
    address: str
    status: str
    reason: str
    reported_at: Instant
    actor: Actor = SERVICE


def keep_report(case: Case, event: DeliveryReportReceived, event_id: str) -> Decision[Case]:
    """Put it where the sender finds it. What is late, or arrived, is no news, nor what waits to be sent."""
    n = int(event.letter.n) if event.letter.n.isdecimal() else 0
    letter = case.written(letter_id(case.id, event.letter.kind, n))
    if event.action != "failed" or letter is None or letter.state not in _COMES_BACK:
        return Decision(case)
    row = {
        "letter_id": letter.id,
        "address": event.personal.recipient,
        "status": event.status,
        "reason": _reason(event.status, event.personal.diagnostic),
        "reported_at": event.reported_at,
    }
    return Decision(case, rows=(Put(BOUNCES, event_id, row),))


def bounce(case: Case, message: LetterBounced, now: datetime) -> Decision[Case]:
    """The letter did not reach this address after all: a person must act. The same said twice is told once."""
    letter, written = message.letter, case.written(message.letter.id)
    if written is not None and written.state in OPEN:
        return Decision(case)
    heard = Remove(BOUNCES, message.id)
    back = _came_back(letter, message.address)
    if written is None or written.state not in _COMES_BACK or not _is_news(letter, written.state, back):
        return Decision(case, rows=(heard,))
    names = [one.address for one in back]
    reached = tuple(one for one in letter.reached if one not in names)
    after = letter.model_copy(update={"reached": reached, "reason": message.reason})
    told = DeliveryBounced(
        actor=message.actor,
        letter_id=letter.id,
        kind=letter.kind,
        message_id=letter.message_id,
        answer_id=letter.answer_id,
        personal=PersonalDelivery(to=tuple(names)),
        bounced_at=message.reported_at,
        status=message.status,
        reason=message.reason,
    )
    decision = settled(case, after, "bounced", now, told)
    return replace(decision, rows=(*decision.rows, heard))


def _came_back(letter: Letter, address: str) -> tuple[Recipient, ...]:
    """Whom the report is about. A server that forwarded it names an address that we never wrote to; of a letter to one
    person it is clear whose.
    """
    named = tuple(one for one in letter.to if one.address.casefold() == address.casefold())
    return named or (letter.to if len(letter.to) == 1 else ())


def _is_news(letter: Letter, state: LetterState, back: tuple[Recipient, ...]) -> bool:
    """What was in doubt did leave, as it came back."""
    return any(state == "unknown" or one.address in letter.reached for one in back)


def _reason(status: str, diagnostic: str) -> str:
    """Without the addresses that servers like to repeat."""
    words = " ".join(_ADDRESS.sub("…", diagnostic).split())
    return (words if status in words else f"{status} {words}".strip())[:500] or "it came back"
