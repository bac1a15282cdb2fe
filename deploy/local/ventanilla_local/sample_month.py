# SPDX-License-Identifier: Apache-2.0
"""A month at the window, drawn from a seed: who comes when with what, and how the house deals with it. Pure."""

import random
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeVar

from ventanilla_contracts.intake import Person, RegulatorRequest, SubmissionForm
from ventanilla_contracts.vocabulary import Channel

from .pace import ZONE
from .sample import Answer, Call, Deliver, Sample, Upload
from .sample_texts import Place, Texts, texts

T = TypeVar("T")

DAYS = 31
A_DAY = {"business": 5, "weekend": 1}
"""How many cases come, on average."""

CHANNELS: Mapping[Channel, int] = {
    "web": 28,
    "email": 24,
    "phone": 20,
    "in-person": 12,
    "chat": 6,
    "social": 4,
    "written": 3,
    "suggestion-box": 2,
    "regulator": 3,
}
WITHOUT_DESK: tuple[Channel, ...] = ("web", "email", "chat", "social")
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
MOBILE = (300, 301, 304, 310, 311, 312, 313, 314, 315, 316, 317, 318, 320, 321)
SATURDAY = 5
Handling = Literal["in-time", "late", "never"]
HANDLINGS: Mapping[Handling, int] = {"in-time": 78, "late": 12, "never": 10}
REACHED: Mapping[int, int] = {1: 45, 2: 25, 0: 30}
"""At which call somebody answers the telephone; 0 is never."""


@dataclass(frozen=True)
class Planned:
    """One case of the month: what comes when, what is done when, and at which call its person is reached."""

    at: datetime
    sample: Sample
    handling: Handling
    acts: tuple[tuple[datetime, Deliver | Answer | Upload], ...]
    reached_at_call: int
    said_on_telephone: Call

    def call(self, attempts: int) -> Call:
        """The next call after so many: `not-contacted` until the one that reaches them."""
        if self.reached_at_call and attempts + 1 >= self.reached_at_call:
            return self.said_on_telephone
        return Call(do="call", result="not-contacted")


def month(first: date, seed: int, days: int = DAYS) -> tuple[Planned, ...]:
    """The month that begins on a local day, in the order in which its cases come; the same seed gives the same."""
    return tuple(sorted(_Month(first, random.Random(seed), texts()).cases(days), key=lambda one: one.at))


@dataclass(frozen=True)
class _Month:
    first: date
    chance: random.Random
    texts: Texts

    def cases(self, days: int) -> Iterator[Planned]:
        n = 0
        for day in (self.first + timedelta(days=past) for past in range(days)):
            works = day.weekday() < SATURDAY
            usual = A_DAY["business" if works else "weekend"]
            for _ in range(self.chance.randint(max(0, usual - 2), usual + 2)):
                n += 1
                yield self._case(f"month-{n:03d}", day, works=works)

    def _case(self, name: str, day: date, *, works: bool) -> Planned:
        channel = _one_of(
            self.chance, {one: weight for one, weight in CHANNELS.items() if works or one in WITHOUT_DESK}
        )
        at = _at(self.chance, day, late=channel in ("web", "email"))
        sample = self._regulator(name) if channel == "regulator" else self._sample(name, channel)
        handling: Handling = "in-time" if channel == "regulator" else _one_of(self.chance, HANDLINGS)
        return Planned(
            at, sample, handling, self._acts(sample, at, handling), _one_of(self.chance, REACHED), self._call()
        )

    def _sample(self, name: str, channel: Channel) -> Sample:
        said = self.chance.choice(self.texts.said)
        place = self.chance.choice(self.texts.places)
        words = self._words(place)
        on_spot = (
            channel in ("in-person", "phone") and said.kind in ("request", "complaint") and self.chance.random() < 0.4
        )
        form = SubmissionForm(
            person=self._person(channel),
            subject=said.subject.format(**words),
            text=said.text.format(**words),
            service_point=self.chance.choice(("punto-centro", "punto-norte")) if channel == "in-person" else None,
            municipality=None if channel == "email" else place.code,
            answer_on_spot=self.texts.on_spot if on_spot else None,
        )
        return Sample(name=name, channel=channel, kind=said.kind, states_kind=channel != "email", form=form)

    def _regulator(self, name: str) -> Sample:
        said, words = self.texts.regulator, self._words(self.chance.choice(self.texts.places))
        form = SubmissionForm(
            person=said.person,
            subject=said.subject.format(**words),
            text=said.text.format(**words),
            regulator=RegulatorRequest(
                authority="SSF", reference=f"SSF-{self.first.year}-{self.chance.randint(10**5, 10**6)}"
            ),
        )
        return Sample(name=name, channel="regulator", kind="petition", by="general-secretariat", form=form)

    def _person(self, channel: Channel) -> Person:
        first, last = self.chance.choice(self.texts.first_names), self.chance.sample(self.texts.last_names, 2)
        email = f"{_ascii(first.split()[0])}.{_ascii(last[0])}{self.chance.randint(10, 99)}@correo.example"
        phone = f"{self.chance.choice(MOBILE)}{self.chance.randint(10**6, 10**7 - 1)}"
        return Person(name=f"{first} {' '.join(last)}", email=email, phone=None if channel == "email" else phone)

    def _acts(
        self, sample: Sample, at: datetime, handling: Handling
    ) -> tuple[tuple[datetime, Deliver | Answer | Upload], ...]:
        if handling == "never" or sample.kind == "compliment" or sample.form.answer_on_spot:
            return ()
        term_days = 14 if sample.kind == "request" else 21
        days = self.chance.uniform(1, term_days - 5) if handling == "in-time" else term_days + self.chance.uniform(3, 7)
        answer_at = _in_office_hours(at + timedelta(days=days))
        answer = Answer(do="answer", text=self.texts.answered.format(subject=sample.form.subject))
        deliver = Deliver(do="deliver", text=self.texts.delivered)
        acts: list[tuple[datetime, Deliver | Answer | Upload]] = [
            (at + (answer_at - at) * 0.6, deliver),
            (answer_at, answer),
        ]
        if sample.channel == "regulator":
            upload = Upload(do="upload", reference=f"RAD-{self.chance.randint(10**5, 10**6)}")
            acts.append((answer_at + timedelta(hours=20), upload))
        return tuple(acts)

    def _call(self) -> Call:
        outcome: Literal["satisfied", "not-satisfied"] = "satisfied" if self.chance.random() < 0.72 else "not-satisfied"
        text = self.chance.choice(self.texts.called[outcome])
        return Call(do="call", result="contacted", outcome=outcome, text=text)

    def _words(self, place: Place) -> dict[str, str]:
        return {
            "place": place.name,
            "month": MONTHS[self.first.month - 2],
            "amount": f"${self.chance.randint(30, 480)}.{self.chance.choice(('200', '500', '900'))}",
        }


def _one_of(chance: random.Random, weights: Mapping[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]


def _at(chance: random.Random, day: date, *, late: bool) -> datetime:
    """In office hours; web and mail also in the evening."""
    hour = chance.randint(7, 22) if late else chance.randint(8, 16)
    return datetime.combine(day, time(hour, chance.randint(0, 59)), ZONE)


def _in_office_hours(at: datetime) -> datetime:
    at = at.astimezone(ZONE).replace(hour=9 + at.hour % 8)
    while at.weekday() >= SATURDAY:
        at += timedelta(days=1)
    return at


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
