# SPDX-License-Identifier: Apache-2.0
"""The whole life of a case through the real rules of routing and reporting, without broker and database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument

from chassis.decision import Add
from chassis.documents import CODEC
from chassis.fold import Folder
from chassis.inputs import Input, event_input
from chassis.messages import event_message
from chassis.records import Reader, StoredRecord
from chassis.subjects import Aggregate, Subject
from routing.domain.commands import AnswerPerson
from tests.bench.workload import WORDS
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.intake import CaseFiled, Person, PersonalFiling
from ventanilla_contracts.notifications import DeliverySent, PersonalDelivery
from ventanilla_contracts.satisfaction import CheckCompleted, PersonalSummary
from ventanilla_contracts.vocabulary import Channel, Kind, LetterKind

ANSWERED_AFTER, CLOSED_AFTER = timedelta(days=9), timedelta(days=12)
CITIZEN, AGENT, SERVICE = (Actor(id=name, role=name) for name in ("citizen", "agent", "service"))
TRACE = f"00-{'a' * 32}-{'b' * 16}-01"


@dataclass(frozen=True)
class About:
    """What somebody says."""

    channel: Channel
    kind: Kind
    subject: str


@cache
def reader_for(aggregate: Aggregate) -> Reader:
    return Reader("", dict.fromkeys(aggregate.topics, True), frozenset(event.TYPE for event in aggregate.handles))


@dataclass
class Keeper:
    """A service's rules and what it keeps, event by event."""

    name: str
    aggregate: Aggregate
    documents: dict[str, RawBSONDocument] = field(default_factory=dict)
    sums: list[Add] = field(default_factory=list)

    def hear(self, records: Sequence[StoredRecord], now: datetime) -> list[StoredRecord]:
        """What follows from events, as records of its own topic."""
        heard = [reader_for(self.aggregate).read(record) for record in records if record.topic in self.aggregate.topics]
        return [said for parsed in heard for said in self.take(event_input(parsed, self.aggregate), now)]

    def take(self, item: Input, now: datetime) -> list[StoredRecord]:
        """What follows from an event or a command."""
        folder = Folder(self.name, now)
        folder.fold(self.aggregate, self._subject(item.subject), [item], ())
        if isinstance(item.outcome, Exception):
            raise item.outcome
        for _, _, _, document in folder.effects.documents:
            self.documents[item.subject] = document
        self.sums += [row for _, row in folder.effects.rows if isinstance(row, Add)]
        return [StoredRecord(m.topic, 0, 0, 0, m.key, m.value, m.headers) for m in folder.effects.messages]

    def _subject(self, subject_id: str) -> Subject:
        kept = self.documents.get(subject_id)
        if kept is None:
            return Subject(subject_id)
        document: dict[str, Any] = bson.decode(kept.raw, CODEC)
        return Subject.from_document(document, self.aggregate.state)


@dataclass
class Life:
    """One case, told to both services as it goes."""

    case_id: str
    number: str
    routing: Keeper
    reporting: Keeper
    seqs: dict[str, int] = field(default_factory=dict)

    def lived(self, about: About, day: date, *, closed: bool) -> None:
        """Filed on a day, acknowledged and announced; if ``closed`` also answered, checked and closed."""
        at = datetime.combine(day, time(14, 5), UTC)
        self._say(_filed(self.number, about, at), at)
        self._say(self._delivery("acknowledgement", None, at), at)
        self._say(self._delivery("assignment", None, at), at)
        if closed:
            self._answered(at + ANSWERED_AFTER)
            checked = at + CLOSED_AFTER
            summary = PersonalSummary(summary="Quedó conforme.")
            self._say(
                CheckCompleted(actor=AGENT, check_id="c", outcome="satisfied", attempts=(checked,), personal=summary),
                checked,
            )

    def _answered(self, at: datetime) -> None:
        command = AnswerPerson(AGENT, f"answer-{self.case_id}", "Ya está pagado. " + WORDS * 3)
        said = self.routing.take(Input(self.routing.aggregate, self.case_id, message=command, traceparent=TRACE), at)
        self.reporting.hear(said, at)
        self._say(self._delivery("answer", command.answer_id, at), at)

    def _say(self, event: Event, at: datetime) -> None:
        seq = self.seqs[event.TOPIC] = self.seqs.get(event.TOPIC, 0) + 1
        source = event.TOPIC.partition("-")[0]
        m = event_message(event, key=self.case_id, seq=seq, seen={}, source=source, now=at, traceparent=TRACE)
        record = StoredRecord(m.topic, 0, 0, 0, m.key, m.value, m.headers)
        self.reporting.hear([record, *self.routing.hear([record], at)], at)

    def _delivery(self, kind: LetterKind, answer_id: str | None, at: datetime) -> DeliverySent:
        return DeliverySent(
            actor=SERVICE,
            letter_id=f"letter-{kind}",
            kind=kind,
            message_id=f"<{self.case_id}.{kind}.1@caja.example>",
            answer_id=answer_id,
            personal=PersonalDelivery(to=("ana.prueba@correo.example",)),
            sent_at=at,
            attempt=1,
        )


def _filed(number: str, about: About, at: datetime) -> CaseFiled:
    return CaseFiled(
        actor=CITIZEN,
        case_number=number,
        submission_id=f"s-{number}",
        channel=about.channel,
        kind_stated=about.kind,
        received_at=at,
        registered_at=at,
        personal=PersonalFiling(
            person=Person(name="Ana Prueba", email="ana.prueba@correo.example", phone="+573001234567"),
            subject=about.subject,
            text=WORDS * 6,
            tracking_code="AAAA-BBBB-CCCC-D",
        ),
    )
