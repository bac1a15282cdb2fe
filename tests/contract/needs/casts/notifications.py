# SPDX-License-Identifier: Apache-2.0
"""Notifications; its sender, and the people at its desk, make of each letter what the story says."""

from collections.abc import Iterator
from datetime import timedelta

from tests.contract.needs.casts.routing import sample_staff
from tests.contract.needs.stage import Asked, Cast, Stage
from tests.contract.needs.told import Told

from chassis.ids import Signer
from chassis.subjects import Aggregate
from notifications.domain.bounces import BOUNCES, LetterBounced
from notifications.domain.case import Case
from notifications.domain.house import House
from notifications.domain.letters import Letter
from notifications.domain.outcomes import (
    LETTERS,
    CertificateIssued,
    LetterFailed,
    LetterSent,
    LetterUnknown,
    ResendLetter,
)
from notifications.domain.rules import HANDLED, Correspondence
from notifications.store import CASES
from ventanilla_contracts.envelope import StaffRef
from ventanilla_contracts.formats import MESSAGE_ID_PURPOSE, LetterAddress, message_id
from ventanilla_contracts.notifications import (
    DeliveryBounced,
    DeliveryFailed,
    DeliverySent,
    DeliveryUnknown,
    FilingCertificateIssued,
)
from ventanilla_contracts.vocabulary import LetterKind

SIGNER = Signer(["a-key-for-tests-only-of-32-characters"])
UNSETTLED = ("preparing", "pending", "sending", "unknown", "failed")


def _asks(stage: Stage, told: Told) -> Iterator[Asked]:
    case_id = told.envelope.subject
    match told.event:
        case FilingCertificateIssued() as event:
            letter = _letter(stage, case_id, "filing-certificate")
            yield Asked(CASES, case_id, CertificateIssued(letter, event.certificate))
        case DeliverySent() as event:
            letter = _letter(stage, case_id, event.kind)
            if letter.state == "unknown":
                yield Asked(CASES, case_id, ResendLetter(letter, event.actor))
                letter = _letter(stage, case_id, event.kind)
            yield Asked(CASES, case_id, LetterSent(letter))
        case DeliveryFailed() as event:
            yield Asked(CASES, case_id, LetterFailed(_letter(stage, case_id, event.kind), event.reason))
        case DeliveryBounced() as event:
            yield from _bounces(stage, case_id)
        case DeliveryUnknown() as event:
            yield Asked(CASES, case_id, LetterUnknown(_letter(stage, case_id, event.kind), event.since))


def _bounces(stage: Stage, case_id: str) -> Iterator[Asked]:
    """What intake was told by other mail servers, brought together with the letters."""
    for (collection, report_id), row in list(stage.rows.items()):
        if collection == BOUNCES:
            letter_row = stage.rows[LETTERS, row["letter_id"]]
            letter = Letter.model_validate(
                {"id": row["letter_id"], **{k: letter_row[k] for k in letter_row if k != "_id"}}
            )
            said = {name: row[name] for name in ("address", "status", "reason", "reported_at")}
            yield Asked(CASES, case_id, LetterBounced(letter, report_id, **said))


def _letter(stage: Stage, case_id: str, kind: LetterKind) -> Letter:
    """The letter of this kind that is to be settled."""
    letters = [
        Letter.model_validate({"id": letter_id, **{name: row[name] for name in row if name != "_id"}})
        for (collection, letter_id), row in stage.rows.items()
        if collection == LETTERS
    ]
    found = [one for one in letters if (one.case_id, one.kind) == (case_id, kind) and one.state in UNSETTLED]
    assert found, f"notifications wrote no {kind} for {case_id}"
    return found[0]


def _message_id(letter: LetterAddress) -> str:
    return message_id(letter, SIGNER.sign(MESSAGE_ID_PURPOSE, letter.signed_text()), "caja.example")


def notifications() -> Cast:
    members = sample_staff().members
    house = House(
        message_id=_message_id,
        own_addresses=frozenset({"servicio@caja.example"}),
        secretariat=(StaffRef(id="alba-montoya", name="Alba Montoya", email="alba.montoya@caja.example"),),
        names={member.id: member.name for member in members},
        oldest=timedelta(days=3),
    )
    topics = ("intake-cases", "routing-cases")
    return Cast("notifications", (Aggregate(CASES, Case, Correspondence(house), topics, HANDLED),), _asks)
