# SPDX-License-Identifier: Apache-2.0
"""Each consumer states the fields that it needs: all that it reads of an event, and nothing else (ADR 0009)."""

import sys

import pytest
from tests.contract.needs.met import Met
from tests.contract.needs.plays import performed
from tests.contract.needs.statements import CONSUMERS, Statement, differences, parsed, statement_of
from tests.contract.needs.watch import Watch

from chassis.topics import load_topics
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, StaffRef
from ventanilla_contracts.registry import EVENTS
from ventanilla_contracts.routing import AnswerApproved, CaseAssigned, PersonalAnswer

each_consumer = pytest.mark.parametrize("consumer", CONSUMERS)


@each_consumer
def test_a_consumer_states_what_it_reads_and_nothing_else(consumer: str) -> None:
    performance, _ = performed(consumer)
    found = differences(statement_of(consumer), performance.seen)
    assert not found, "\n".join(found)


@each_consumer
def test_the_story_meets_every_line_of_the_rules_that_take_an_event(consumer: str) -> None:
    performance, met = performed(consumer)
    assert met.unmet() == [], "give the story a case that gets there: tests/contract/needs/story.py"
    assert performance.handled <= performance.seen.keys()


@each_consumer
def test_what_a_consumer_needs_is_sent(consumer: str) -> None:
    found = statement_of(consumer).faults(load_topics(), EVENTS)
    assert not found, "\n".join(found)


def test_a_field_that_is_read_and_not_stated_is_named() -> None:
    seen = {"case-filed.v1": {"case_number", "segment"}, "case-closed.v1": set[str]()}
    assert differences(Statement("routing", {"case-filed.v1": ("case_number",)}), seen) == [
        "routing reads case-closed.v1 and does not state it",
        "routing reads case-filed.v1 segment and does not state it",
    ]


def test_a_field_that_is_stated_and_never_read_is_named() -> None:
    stated = Statement("routing", {"case-filed.v1": ("case_number", "segment"), "case-closed.v1": ("reason",)})
    assert differences(stated, {"case-filed.v1": {"case_number"}}) == [
        "routing states case-closed.v1 and never reads it",
        "routing states case-filed.v1 segment and never reads it",
    ]


def test_a_need_that_nobody_meets_is_named() -> None:
    stated = Statement(
        "satisfaction", {"case-filed.v1": ("mood", "case_number.*", "regulator.*"), "check-waived.v1": ("reason",)}
    )
    assert stated.faults(load_topics(), EVENTS) == [
        "satisfaction needs check-waived.v1, and reads no topic with it",
        "satisfaction needs case-filed.v1 mood, and there is no such field",
        "satisfaction needs case-filed.v1 case_number.*, and there is no such field",
    ]


@pytest.mark.parametrize("text", ["- case-filed.v1", "case-filed.v1: case_number", "case-filed.v1: [1]"])
def test_a_statement_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"services/routing/needs\.yaml: expected of each event type a list"):
        parsed("routing", text)


STAFF = StaffRef(id="a", name="Ana", email="ana@caja.example")
FILE = FileRef(sha256="0" * 64, name="a.pdf", type="application/pdf", size=1)
ASSIGNED = CaseAssigned(
    actor=Actor(id="routing", role="service"),
    area="a",
    area_name="A",
    responder=STAFF,
    copies=(StaffRef(id="b", name="Bo", email="bo@caja.example"),),
    matrix_version="1",
    rule="r",
)


class Kept(Frozen):
    who: StaffRef


def look_at(event: CaseAssigned) -> object:
    match event:
        case CaseAssigned(area_name=name, copies=(copied,)):
            return name, copied.email
    return None


def test_a_look_at_a_field_is_seen_in_patterns_and_lists() -> None:
    watch = Watch()
    watch.follow(ASSIGNED)
    with watch.watching():
        assert look_at(ASSIGNED) == ("A", "bo@caja.example")
    assert look_at(ASSIGNED.model_copy()) is not None, "nothing is seen any more"
    assert watch.seen() == {"case-assigned.v1": {"area_name", "copies.email"}}


def test_a_part_that_is_kept_or_written_down_is_needed_whole() -> None:
    approved = AnswerApproved(
        actor=Actor(id="a", role="agent"),
        answer_id="1",
        delivery="email",
        files=(FILE,),
        personal=PersonalAnswer(text="…"),
    )
    watch = Watch()
    watch.follow(ASSIGNED)
    watch.follow(approved)
    with watch.watching():
        kept = Kept(who=ASSIGNED.responder)
        approved.files[0].model_dump()
        Kept(who=ASSIGNED.copies[0]).model_dump()
    watch.kept([kept])
    assert watch.seen() == {"case-assigned.v1": {"responder.*", "copies.*"}, "answer-approved.v1": {"files.*"}}


def test_a_line_of_a_rule_that_the_story_does_not_meet_is_named() -> None:
    met = Met([sys.modules[__name__]])
    with met.looking():
        look_at(ASSIGNED)
    assert met.unmet() == [f"{__name__}:{look_at.__code__.co_firstlineno + 4}"]
