# SPDX-License-Identifier: Apache-2.0
"""What became of a letter, said by the sender or by a person: each outcome is told once, however often it is said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chassis.decision import Decision, Put, Refused
from notifications.domain.case import Case
from notifications.domain.letters import FOR_A_PERSON, OPEN, SERVICE, Letter, LetterState, Recipient
from ventanilla_contracts.envelope import Actor, Event, FileRef
from ventanilla_contracts.notifications import (
    DeliveryFailed,
    DeliverySent,
    DeliveryUnknown,
    FilingCertificateIssued,
    PersonalDelivery,
)

LETTERS = "letters"


@dataclass(frozen=True)
class LetterSent:
    """The mail server took it for all but the ``refused`` (address -> why)."""

    letter: Letter
    refused: Mapping[str, str] = field(default_factory=dict)
    actor: Actor = SERVICE


@dataclass(frozen=True)
class LetterFailed:
    """It cannot be sent; ``reason`` names nobody."""

    letter: Letter
    reason: str
    actor: Actor = SERVICE


@dataclass(frozen=True)
class LetterUnknown:
    """Whether it left cannot be told (hazard 18); in doubt since ``since``."""

    letter: Letter
    since: datetime
    actor: Actor = SERVICE


@dataclass(frozen=True)
class LetterPointless:
    """The case went on before it was sent."""

    letter: Letter
    actor: Actor = SERVICE


@dataclass(frozen=True)
class CertificateIssued:
    """The certificate that a letter carries is in the store of files (CNF-05)."""

    letter: Letter
    certificate: FileRef
    actor: Actor = SERVICE


@dataclass(frozen=True)
class ResendLetter:
    """A person sends it once more, to whom does not have it yet."""

    letter: Letter
    actor: Actor


@dataclass(frozen=True)
class ConfirmLetter:
    """A person found that it did arrive."""

    letter: Letter
    actor: Actor


Outcome = LetterSent | LetterFailed | LetterUnknown | LetterPointless | CertificateIssued | ResendLetter | ConfirmLetter


def settle(case: Case, outcome: Outcome, now: datetime) -> Decision[Case] | Refused:
    """The outcome as a decision; one that is no news changes nothing, a person's that is not allowed is refused."""
    written = case.written(outcome.letter.id)
    if written is None:
        return Refused("letter-not-found", kind="not-found")
    state, (allowed, do) = written.state, _RULES[type(outcome)]
    if state in allowed:
        return do(case, outcome, now)
    if isinstance(outcome, (ResendLetter, ConfirmLetter)):
        return Refused("letter-needs-nobody", values={"state": state})
    return Decision(case, result={"id": outcome.letter.id, "state": state})


def _sent(case: Case, outcome: LetterSent, now: datetime) -> Decision[Case]:
    letter = outcome.letter
    reached = tuple(one for one in letter.outstanding if one.address not in outcome.refused)
    missed = tuple(one for one in letter.outstanding if one.address in outcome.refused)
    after = letter.model_copy(update={"reached": (*letter.reached, *(one.address for one in reached))})
    events: list[Event] = [delivery_sent(letter, reached, now)] if reached else []
    if not missed:
        return settled(case, after, "sent", now, *events)
    reason = "; ".join(dict.fromkeys(outcome.refused.values()))[:500]
    after = after.model_copy(update={"reason": reason})
    return settled(case, after, "failed", now, *events, delivery_failed(letter, missed, reason, now))


def _failed(case: Case, outcome: LetterFailed, now: datetime) -> Decision[Case]:
    letter = outcome.letter.model_copy(update={"reason": outcome.reason})
    failed = delivery_failed(letter, letter.outstanding, outcome.reason, now)
    return settled(case, letter, "failed", now, failed)


def _unknown(case: Case, outcome: LetterUnknown, now: datetime) -> Decision[Case]:
    return settled(case, outcome.letter, "unknown", now, delivery_unknown(outcome.letter, outcome.since))


def _pointless(case: Case, outcome: LetterPointless, now: datetime) -> Decision[Case]:
    return settled(case, outcome.letter, "pointless", now)


def _issued(case: Case, outcome: CertificateIssued, now: datetime) -> Decision[Case]:
    letter = outcome.letter.model_copy(update={"files": (outcome.certificate,)})
    reference = str(letter.values["reference"])
    issued = FilingCertificateIssued(
        actor=outcome.actor, reference=reference, issued_at=now, certificate=outcome.certificate
    )
    return settled(case, letter, "pending", now, issued)


def _again(case: Case, outcome: ResendLetter, now: datetime) -> Decision[Case]:
    letter = outcome.letter
    changes = {"actor": outcome.actor, "reason": None, "not_before": None}
    state: LetterState = "preparing" if letter.kind == "filing-certificate" and not letter.files else "pending"
    return settled(case, letter.model_copy(update=changes), state, now)


def _confirmed(case: Case, outcome: ConfirmLetter, now: datetime) -> Decision[Case]:
    letter = outcome.letter.model_copy(update={"actor": outcome.actor})
    sent = delivery_sent(letter, letter.outstanding, now)
    reached = tuple(one.address for one in letter.to)
    return settled(case, letter.model_copy(update={"reached": reached, "reason": None}), "sent", now, sent)


def settled(case: Case, letter: Letter, state: LetterState, now: datetime, *events: Event) -> Decision[Case]:
    """The letter in a state that it stays in until something else is heard of it."""
    after = letter.model_copy(update={"state": state, "settled_at": now, "process": None, "claimed_at": None})
    return Decision(
        case.with_letter(after),
        events=events,
        rows=(stored(after),),
        result={"id": letter.id, "state": state},
    )


def arrived(case: Case, letter: Letter, now: datetime) -> Decision[Case]:
    """The letter reached the person, as others have told already: nothing is left to tell."""
    return settled(case, letter, "sent", now)


def stored(letter: Letter) -> Put:
    return Put(LETTERS, letter.id, letter.model_dump(exclude={"id"}))


_RULES: Mapping[type[Outcome], tuple[frozenset[LetterState], Callable[[Case, Any, datetime], Decision[Case]]]] = {
    LetterSent: (OPEN | {"unknown", "expired", "pointless"}, _sent),
    LetterFailed: (OPEN, _failed),
    LetterUnknown: (OPEN, _unknown),
    LetterPointless: (OPEN, _pointless),
    CertificateIssued: (frozenset({"preparing"}), _issued),
    ResendLetter: (FOR_A_PERSON, _again),
    ConfirmLetter: (FOR_A_PERSON, _confirmed),
}
"""In which states of its letter an outcome is news, and what follows from it."""


def delivery_sent(letter: Letter, to: tuple[Recipient, ...], at: datetime) -> DeliverySent:
    return DeliverySent(
        actor=letter.actor,
        letter_id=letter.id,
        kind=letter.kind,
        message_id=letter.message_id,
        answer_id=letter.answer_id,
        personal=_personal(to),
        sent_at=at,
        attempt=max(letter.attempt, 1),
    )


def delivery_failed(letter: Letter, to: tuple[Recipient, ...], reason: str, at: datetime) -> DeliveryFailed:
    return DeliveryFailed(
        actor=letter.actor,
        letter_id=letter.id,
        kind=letter.kind,
        message_id=letter.message_id,
        answer_id=letter.answer_id,
        personal=_personal(to),
        failed_at=at,
        attempt=max(letter.attempt, 1),
        reason=reason,
    )


def delivery_unknown(letter: Letter, since: datetime) -> DeliveryUnknown:
    return DeliveryUnknown(
        actor=letter.actor,
        letter_id=letter.id,
        kind=letter.kind,
        message_id=letter.message_id,
        answer_id=letter.answer_id,
        personal=_personal(letter.outstanding),
        since=since,
    )


def _personal(to: tuple[Recipient, ...]) -> PersonalDelivery:
    return PersonalDelivery(to=tuple(one.address for one in to))
