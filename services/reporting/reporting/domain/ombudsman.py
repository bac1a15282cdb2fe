# SPDX-License-Identifier: Apache-2.0
"""What the ombudsman of the financial consumer asked, and whether they were answered in time (ICX-08)."""

from collections.abc import Mapping
from datetime import date

from reporting.domain.facts import Asked, CaseFact, Measure, Tally
from ventanilla_contracts.routing import (
    CaseAnswered,
    CaseReopened,
    OmbudsmanAsked,
    OmbudsmanDecided,
    OmbudsmanTermWidened,
)
from ventanilla_contracts.vocabulary import Favour

Tallied = tuple[CaseFact, list[Tally]]
"""The fact as it is then, and what is counted, or with a minus not counted any more."""

IN_FAVOUR_OF: Mapping[Favour, Measure] = {
    "person": "ombudsman_for_person",
    "partly": "ombudsman_partly",
    "organisation": "ombudsman_for_organisation",
}


def asked(fact: CaseFact, event: OmbudsmanAsked) -> Tallied:
    """Counts on the day on which the house got it."""
    known = (*fact.ombudsman, Asked(reference=event.reference, due_at=event.due_at))
    return _with(fact, known), [Tally(day=event.received_on, measure="ombudsman_asked")]


def widened(fact: CaseFact, event: OmbudsmanTermWidened) -> Tallied:
    """They gave more time: what is answered by then is answered in time."""
    longer = {"due_at": event.due_at}
    known = tuple(
        one.model_copy(update=longer) if one.reference == event.reference and one.answer_id is None else one
        for one in fact.ombudsman
    )
    return _with(fact, known), []


def answered(fact: CaseFact, event: CaseAnswered, day: date) -> Tallied:
    """Every answer is one to all that they still wait for, whether or not it is the first of the case."""
    told = {"answer_id": event.answer_id, "answered_on": day}
    now = [
        one.model_copy(update={**told, "in_time": event.answered_at <= one.due_at}) if one.answer_id is None else one
        for one in fact.ombudsman
    ]
    new = [after for before, after in zip(fact.ombudsman, now, strict=True) if before.answer_id is None]
    return _with(fact, tuple(now)), [tally for one in new for tally in _tallies(one, 1)]


def decided(fact: CaseFact, event: OmbudsmanDecided) -> Tallied:
    """Counts on the day of the decision."""
    known = tuple(
        one.model_copy(update={"decided": True}) if one.reference == event.reference else one for one in fact.ombudsman
    )
    return _with(fact, known), [Tally(day=event.decided_on, measure=IN_FAVOUR_OF[event.favour])]


def taken_back(fact: CaseFact, event: CaseReopened) -> Tallied:
    """The answer bounced: nobody was answered by it, but who decided all the same."""
    if event.reason != "answer-bounced":
        return fact, []
    bounced = event.answer_id
    waiting = [one for one in fact.ombudsman if not one.decided]
    undone = [one for one in waiting if one.answer_id is not None and one.answer_id == bounced]
    nothing = {"answer_id": None, "answered_on": None, "in_time": False}
    left = tuple(one.model_copy(update=nothing) if one in undone else one for one in fact.ombudsman)
    return _with(fact, left), [tally for one in undone for tally in _tallies(one, -1)]


def _tallies(one: Asked, count: int) -> list[Tally]:
    if one.answered_on is None:
        return []
    always: tuple[Measure, ...] = ("ombudsman_answered",)
    measures: tuple[Measure, ...] = (*always, "ombudsman_in_time") if one.in_time else always
    return [Tally(day=one.answered_on, measure=measure, count=count) for measure in measures]


def _with(fact: CaseFact, known: tuple[Asked, ...]) -> CaseFact:
    return fact.model_copy(update={"ombudsman": known})
