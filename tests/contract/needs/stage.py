# SPDX-License-Identifier: Apache-2.0
"""One service played without broker and database: its own rules, read, folded and told by the chassis as ever.

Subjects and rows are kept in memory, in the form in which the store would have them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from tests.contract.needs.told import Told
from tests.contract.needs.watch import Watch

from chassis.decision import Insert, Put, Received, Refused, TimerFired
from chassis.documents import CODEC
from chassis.fold import Folder
from chassis.inputs import Input, event_input
from chassis.messages import Message
from chassis.records import Readable, Reader, Unhandled
from chassis.subjects import Aggregate, Subject
from chassis.topics import load_topics
from ventanilla_contracts.envelope import Envelope

SOON = timedelta(seconds=1)
COUNTED = "store-counted.v1"
"""What a service says of its store is not a matter of its rules."""


@dataclass(frozen=True)
class Asked:
    """Somebody gives a command about a subject of an aggregate."""

    aggregate: str
    subject: str
    command: object


@dataclass(frozen=True)
class Cast:
    """Who plays: a service, and what was asked of it when the story has an event of its own that no rule tells."""

    service: str
    aggregates: tuple[Aggregate, ...]
    asks: Callable[["Stage", Told], Iterable[Asked]] = field(default=lambda _stage, _told: ())


class Stage:
    """What the service has so far: ``rows`` by collection and id; what it said, by event type and key, in order."""

    def __init__(self, cast: Cast, watch: Watch) -> None:
        self.service = cast.service
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.said: dict[tuple[str, str], list[Message]] = defaultdict(list)
        self._watch = watch
        self._aggregates = {one.name: replace(one, decide=self._watched(one.decide)) for one in cast.aggregates}
        self._subjects: dict[tuple[str, str], Subject] = {}
        handled = frozenset(event.TYPE for one in cast.aggregates for event in one.handles)
        self._reader = Reader("", {name: spec.sequenced for name, spec in load_topics().items()}, handled)

    def state(self, aggregate: str, subject: str) -> Any:
        return self._subjects[aggregate, subject].state

    def outcome(self) -> tuple[object, object]:
        """What it keeps of each subject, and the values that it said about each; both without what traces carry."""
        states = {place: subject.state for place, subject in self._subjects.items()}
        return states, {place: [one.value for one in said] for place, said in self.said.items() if said}

    def subjects(self, aggregate: str) -> list[dict[str, Any]]:
        """As they would be stored."""
        return [subject.document() for (kind, _), subject in self._subjects.items() if kind == aggregate]

    def reads(self, topic: str) -> bool:
        return any(topic in one.topics for one in self._aggregates.values())

    def hear(self, told: Told) -> None:
        """A message of another service. Raises AssertionError if it is not read and applied at once."""
        parsed = self._reader.read(told.record())
        assert isinstance(parsed, (Readable, Unhandled)), f"{self.service} cannot read {told.name}: {parsed}"
        aggregate = next(one for one in self._aggregates.values() if told.topic in one.topics)
        self._fold(event_input(parsed, aggregate), told.envelope.time, told.name)

    def ask(self, asked: Asked, now: datetime) -> None:
        """A command. Raises AssertionError if it is refused."""
        item = Input(self._aggregates[asked.aggregate], asked.subject, message=asked.command)
        self._fold(item, now, type(asked.command).__name__)

    def wait_until(self, now: datetime) -> None:
        """All timers that are due by then fire, each at its time."""
        while due := self._next_due(now):
            aggregate, subject, fired = due
            item = Input(self._aggregates[aggregate], subject, message=fired)
            self._fold(item, fired.due, fired.name)

    def _next_due(self, now: datetime) -> tuple[str, str, TimerFired] | None:
        due = [
            (timer.due, place, name)
            for place, subject in self._subjects.items()
            for name, timer in subject.timers.items()
            if timer.due <= now
        ]
        if not due:
            return None
        at, place, name = min(due)
        return *place, TimerFired(name, at)

    def _watched(self, decide: Callable[[Any, Any, datetime], Any]) -> Callable[[Any, Any, datetime], Any]:
        def watched(state: Any, message: Any, now: datetime) -> Any:
            if isinstance(message, Received):
                self._watch.follow(message.event)
            with self._watch.watching():
                decision = decide(state, message, now)
            self._watch.kept(decision)
            return decision

        return watched

    def _fold(self, item: Input, now: datetime, what: str) -> None:
        place = (item.aggregate.name, item.subject)
        folder = Folder(self.service, now)
        folder.fold(item.aggregate, self._subjects.get(place) or Subject(item.subject), [item], [])
        assert not isinstance(item.outcome, (Exception, Refused)), f"{self.service} at {what}: {item.outcome!r}"
        assert folder.effects.counts == {"applied": 1}, f"{self.service} at {what}: {folder.effects.counts}"
        for aggregate, subject, _, document in folder.effects.documents:
            stored = bson.decode(document.raw, CODEC)
            self._subjects[aggregate.name, subject] = Subject.from_document(stored, aggregate.state)
        self._keep(folder)

    def _keep(self, folder: Folder) -> None:
        for message in folder.effects.messages:
            envelope = Envelope.from_headers(message.headers)
            self.said[envelope.type, envelope.subject].append(message)
        for _, row in folder.effects.rows:
            if isinstance(row, (Put, Insert)):
                assert isinstance(row.document, RawBSONDocument)
                self.rows[row.collection, row.id] = bson.decode(row.document.raw, CODEC)


def play(cast: Cast, story: Sequence[Told], watch: Watch) -> Stage:
    """The service hears what the story tells it, and is asked for what it says itself.

    Raises AssertionError where its rules do not say what the story says of it.
    """
    stage, said = Stage(cast, watch), Counter[tuple[str, str]]()
    for told in story:
        stage.wait_until(told.envelope.time)
        if stage.reads(told.topic):
            stage.hear(told)
        elif told.producer == cast.service and told.type != COUNTED and not told.rare:
            place = (told.type, told.envelope.subject)
            said[place] += 1
            _bring_about(cast, stage, told, said[place])
    return stage


def _bring_about(cast: Cast, stage: Stage, told: Told, count: int) -> None:
    """The service says it by itself, or soon by a timer, or because somebody asks."""
    place = (told.type, told.envelope.subject)
    if len(stage.said[place]) < count:
        stage.wait_until(told.envelope.time + SOON)
    if len(stage.said[place]) < count:
        for asked in cast.asks(stage, told):
            stage.ask(asked, told.envelope.time)
    assert len(stage.said[place]) >= count, f"{cast.service} does not say {told.name}"


def named(stage: Stage, story: Sequence[Told]) -> Iterator[tuple[Told, Message]]:
    """Each message of the story that this service made, with the one that it really made in its place."""
    said = Counter[tuple[str, str]]()
    for told in story:
        place = (told.type, told.envelope.subject)
        if told.producer == stage.service and said[place] < len(stage.said[place]):
            yield told, stage.said[place][said[place]]
            said[place] += 1
