# SPDX-License-Identifier: Apache-2.0
"""Whatever is delivered, however often, whoever dies at it: the store of notifications is that of a clean run.

The sender says what became of a letter without a key, as often as it likes: the rules know what is no news.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from letters_story import (
    AT,
    FILE,
    GLORIA,
    LILIANA,
    answered,
    approaching,
    approved,
    assigned,
    classified,
    closed,
    documents_requested,
    due_on,
    escalated,
    filed,
    filed_with_regulator,
    missed,
    of_the_regulator,
    ombudsman_answered,
)
from notifications_service import write_staff

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import settings_for
from chassis.testing.machine import whatever_comes
from chassis.testing.process import wire_without_broker
from chassis.testing.story import Asked, Day, Found, Heard, Tale
from notifications.app import build
from notifications.domain.letters import Letter, letter_id
from notifications.domain.outcomes import (
    CertificateIssued,
    ConfirmLetter,
    LetterFailed,
    LetterPointless,
    LetterSent,
    LetterUnknown,
    Outcome,
    ResendLetter,
)
from notifications.settings import NotificationsSettings
from notifications.store import Letters
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.vocabulary import LetterKind

pytestmark = pytest.mark.infra

DAY = timedelta(days=1)
AGENT = Actor(id=LILIANA.id, role="agent")
Say = Callable[[Letter], Outcome]


def heard(*events: Event) -> tuple[Heard, ...]:
    return tuple(Heard(event) for event in events)


def about(case: str, kind: LetterKind, say: Say, n: int = 1, *, keyed: bool = False) -> Asked:
    """What became of a letter, as it lies in the store."""

    async def make(database: Database) -> Outcome:
        letter = await Letters(database).one(letter_id(case, kind, n))
        assert letter is not None
        return say(letter)

    return Asked(Found(make), keyed=keyed)


def unknown(letter: Letter) -> Outcome:
    return LetterUnknown(letter, AT)


def failed(letter: Letter) -> Outcome:
    return LetterFailed(letter, "550")


def again(letter: Letter) -> Outcome:
    return ResendLetter(letter, AGENT)


def confirmed(letter: Letter) -> Outcome:
    return ConfirmLetter(letter, AGENT)


def issued(letter: Letter) -> Outcome:
    return CertificateIssued(letter, FILE)


def tales() -> Sequence[Tale]:
    answered_by_mail = (
        Day(AT, (*heard(filed(), classified(), assigned(copies=(GLORIA,)), due_on()), sent("1", "acknowledgement"))),
        Day(AT + DAY, (*heard(documents_requested(), approved(files=(FILE,))), about("1", "answer", unknown))),
        Day(AT + 2 * DAY, (about("1", "answer", confirmed, keyed=True), *heard(answered(), closed()))),
    )
    undeliverable = (
        Day(AT, (*heard(filed(), classified(), assigned(), due_on()), about("2", "acknowledgement", failed))),
        Day(AT + DAY, (*heard(approved()), about("2", "answer", failed))),
        Day(AT + 2 * DAY, (about("2", "answer", again, keyed=True), sent("2", "answer"), *heard(answered()))),
    )
    without_term = (
        Day(AT, heard(filed(), classified("compliment"), assigned())),
        Day(AT + DAY, (sent("3", "compliment-notice"), *heard(closed()))),
    )
    missed_term = (
        Day(AT, heard(filed(), classified(), assigned(), due_on(), approaching())),
        Day(AT + DAY, (*heard(missed(), escalated()), about("4", "reminder", LetterPointless))),
        Day(AT + 2 * DAY, (sent("4", "escalation"), *heard(assigned(GLORIA, observation="vencido"), due_on(25)))),
    )
    regulators = (
        Day(AT, heard(of_the_regulator(), classified(), assigned(), due_on(), approved("regulator"))),
        Day(AT + DAY, (*heard(filed_with_regulator()), about("5", "filing-certificate", issued))),
        Day(AT + 2 * DAY, (sent("5", "filing-certificate"), *heard(answered(), closed()))),
    )
    ombudsmans = (
        Day(AT, heard(filed(), classified(), assigned(), due_on())),
        Day(AT + DAY, (*heard(approved(), ombudsman_answered()), about("6", "ombudsman-answer", failed))),
        Day(
            AT + 2 * DAY,
            (about("6", "ombudsman-answer", again, keyed=True), sent("6", "ombudsman-answer"), *heard(answered())),
        ),
    )
    told = (answered_by_mail, undeliverable, without_term, missed_term, regulators, ombudsmans)
    return [Tale(str(n), days) for n, days in enumerate(told, 1)]


def sent(case: str, kind: LetterKind) -> Asked:
    return about(case, kind, LetterSent)


def test_the_state_is_that_of_a_clean_run(tmp_path: Path) -> None:
    write_staff(tmp_path / "staff.yaml")

    def start(database: Database, clock: Path) -> Service[Any]:
        own: dict[str, Any] = {"wire": wire_without_broker(), "tmp_path": tmp_path, "clock_file": clock}
        return build(settings_for(NotificationsSettings, database=database, smtp_url="smtp://127.0.0.1:1", **own))

    whatever_comes(start, tales(), folder=tmp_path)
