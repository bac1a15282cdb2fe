# SPDX-License-Identifier: Apache-2.0
"""What the house promised for a case beside its legal term, and what became of it (ICX-09)."""

from typing import Literal

from pydantic import Field

from routing.domain.case import Case
from routing.domain.clock.records import HousePromise, Promise
from routing.domain.promising.promises import FIELDS
from routing.domain.promising.words import counted_hours, explained_hours
from routing.shown.summary import View
from routing.wording import Wording
from ventanilla_contracts.envelope import Instant, LocalDate
from ventanilla_contracts.vocabulary import Promised

Became = Literal["running", "stopped", "kept", "missed", "over"]


class ExplainedHours(View):
    """One day of a promise: how much of it counted, with the reason's code and its words."""

    date: LocalDate
    seconds: int
    counted: str = Field(description="the same in hours and minutes")
    reason: str
    words: str


class PromiseView(View):
    """One thing that was promised."""

    promise: Promised
    hours: float = Field(description="business hours")
    due_at: Instant | None = Field(description="null while the clock is stopped")
    became: Became = Field(description="over: the case ended otherwise before that")
    kept_at: Instant | None
    in_words: str
    trace: tuple[ExplainedHours, ...]

    @classmethod
    def of(
        cls, name: Promised, promise: Promise, house: HousePromise, case: Case, wording: Wording, locale: str
    ) -> "PromiseView":
        words = wording.deadline(locale)
        local = promise.model_copy(update={"due_at": wording.there(promise.due_at) if promise.due_at else None})
        trace = (
            ExplainedHours(
                **row.model_dump(), counted=counted_hours(row.seconds, words), words=words.hours_reason(row.reason)
            )
            for row in promise.trace
        )
        return cls(
            promise=name,
            hours=promise.hours,
            due_at=promise.due_at,
            became=_became(promise, case),
            kept_at=promise.kept_at,
            in_words=explained_hours(local, wording.there(house.since), words),
            trace=tuple(trace),
        )


class HousePromiseView(View):
    """By which service-level agreement of the house; the legal term is what counts for "in time"."""

    sla: str
    sla_name: str
    slas_version: str
    calendar_version: str
    since: Instant
    promises: tuple[PromiseView, ...]

    @classmethod
    def of(cls, case: Case, wording: Wording, locale: str) -> "HousePromiseView | None":
        house = case.promise
        if house is None:
            return None
        promised = ((name, getattr(house, field)) for name, field in FIELDS.items())
        views = (PromiseView.of(name, one, house, case, wording, locale) for name, one in promised if one is not None)
        own = {name: getattr(house, name) for name in cls.model_fields if name in HousePromise.model_fields}
        return cls(**own, promises=tuple(views))


def _became(promise: Promise, case: Case) -> Became:
    if promise.missed:
        return "missed"
    if promise.kept_at is not None:
        return "kept"
    if not case.open:
        return "over"
    return "stopped" if promise.due_at is None else "running"
