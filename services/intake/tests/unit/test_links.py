# SPDX-License-Identifier: Apache-2.0
"""How links are made, confirmed and dismissed, and how a message with two matters is split."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from filing_story import NOW, filed, submission

from chassis.decision import Decision, Insert, Keyed, Put, Refused
from intake.domain.case import Case, Link
from intake.domain.decide import decide_case
from intake.domain.links import MOST_LINKS, LinkCases, SettleLink, link_id
from intake.domain.splitting import SplitCase
from intake.domain.submission import Related
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseFiled, CaseLinked, CaseSplit, PossibleDuplicateFound, SubmissionForm

AGENT, OTHER_AGENT = Actor(id="yuliana", role="agent"), Actor(id="alba", role="agent")
QUOTED = Related("c-0", "CAJA-2026-000002-5", "quoted")


def decided(case: Case | None, command: object) -> Decision[Case]:
    decision = decide_case(case, command, NOW)
    assert isinstance(decision, Decision)
    return decision


def refused(case: Case | None, command: object) -> str:
    decision = decide_case(case, command, NOW)
    assert isinstance(decision, Refused)
    return decision.code


def link_cases(**own: Any) -> LinkCases:
    values: dict[str, Any] = {
        "actor": AGENT,
        "case_id": "c-1",
        "case_number": "CAJA-2026-000001-7",
        "other_case_id": "c-0",
        "other_case_number": "CAJA-2026-000002-5",
        "relation": "same-matter",
    }
    return LinkCases(**{**values, **own})


def settle(status: str = "confirmed", **own: Any) -> SettleLink:
    values: dict[str, Any] = {"actor": AGENT, "case_id": "c-1", "link_id": "c-0_c-1", "status": status}
    return SettleLink(**{**values, **own})


def split(**own: Any) -> SplitCase:
    filing = submission(
        submission_id="s-2", case_id="c-2", number="CAJA-2026-000003-3", external_key=None, tracking_code="code"
    )
    values: dict[str, Any] = {"actor": AGENT, "case_id": "c-1", "submission_id": "s-1", "reason": "r", "filing": filing}
    return SplitCase(**{**values, **own})


def test_a_case_filed_with_related_ones_proposes_links_and_tells_of_them() -> None:
    decision = filed(related=(QUOTED,), found=(replace(QUOTED, relation="duplicate"),))
    [link] = decision.state.links
    assert (link.other_case_number, link.relation, link.status) == (QUOTED.number, "quoted", "proposed")
    assert [event.TYPE for event in decision.events if not isinstance(event, Keyed)] == [
        "case-filed.v1",
        "case-linked.v1",
    ]
    [row] = [row for row in decision.rows if isinstance(row, Insert) and row.collection == "links"]
    assert row.id == link_id("c-0", "c-1") == "c-0_c-1"
    assert row.document["cases"] == ["c-1", "c-0"]


def test_a_likely_duplicate_is_told_with_its_score_and_may_be_confirmed_by_rule() -> None:
    decision = filed(found=(replace(QUOTED, relation="duplicate", score=97, confirmed=True),))
    found, linked = decision.events[2:]
    assert isinstance(found, PossibleDuplicateFound)
    assert (found.score, found.other_case_id) == (97, "c-0")
    assert isinstance(linked, CaseLinked)
    assert (linked.relation, linked.status, linked.actor.id) == ("duplicate", "confirmed", "intake")


def test_a_case_is_never_linked_with_itself_by_rule() -> None:
    assert filed(found=(replace(QUOTED, case_id="c-1"),)).state.links == ()


def test_whoever_files_hears_nothing_of_links() -> None:
    assert filed(found=(QUOTED,)).result == filed().result


@pytest.mark.parametrize("status", ["confirmed", "dismissed"])
def test_an_agent_settles_a_proposed_link_once(status: str) -> None:
    case = filed(found=(QUOTED,)).state
    decision = decided(case, settle(status))
    [event] = decision.events
    assert isinstance(event, CaseLinked)
    assert (event.status, event.actor) == (status, AGENT)
    [row] = decision.rows
    assert isinstance(row, Put)
    assert row.document["status"] == status
    again = decided(decision.state, settle(status, actor=OTHER_AGENT))
    assert (again.events, again.rows, again.result) == ((), (), decision.result)


def test_of_two_agents_who_decide_differently_the_second_is_told() -> None:
    confirmed = decided(filed(found=(QUOTED,)).state, settle("confirmed")).state
    assert refused(confirmed, settle("dismissed", actor=OTHER_AGENT)) == "link-changed"
    undone = decided(confirmed, settle("dismissed", actor=OTHER_AGENT, seen="confirmed")).state
    assert undone.links[0].status == "dismissed"


def test_an_unknown_link_is_not_found() -> None:
    assert refused(filed().state, settle()) == refused(None, settle()) == "link-unknown"


def test_an_agent_links_two_cases_at_once_and_again_changes_nothing() -> None:
    decision = decided(filed().state, link_cases())
    assert decision.state.links[0].status == "confirmed"
    assert [row.collection for row in decision.rows if isinstance(row, Insert)] == ["links"]
    again = decided(decision.state, link_cases())
    assert (again.events, again.rows, again.result) == ((), (), decision.result)


def test_what_an_agent_says_of_a_pair_that_has_a_link_holds() -> None:
    case = decided(filed(found=(QUOTED,)).state, settle("dismissed")).state
    decision = decided(case, link_cases())
    assert [(link.relation, link.status) for link in decision.state.links] == [("same-matter", "confirmed")]
    assert all(isinstance(row, Put) for row in decision.rows)


def test_a_link_is_kept_where_the_pair_has_one() -> None:
    asked = link_cases()
    assert asked.kept_at(None) == asked.kept_at("c-1") == asked
    turned = asked.kept_at("c-0")
    assert (turned.case_id, turned.other_case_id, turned.other_case_number) == ("c-0", "c-1", "CAJA-2026-000001-7")
    assert turned.link_id == asked.link_id


def test_a_case_is_not_linked_with_itself_nor_with_too_many() -> None:
    assert refused(filed().state, link_cases(other_case_id="c-1")) == "linked-with-itself"
    assert refused(None, link_cases()) == "case-unknown"
    full = filed().state.model_copy(update={"links": _links(MOST_LINKS)})
    assert refused(full, link_cases()) == refused(full, split()) == "too-many-links"


def _links(count: int) -> tuple[Link, ...]:
    [one] = filed(found=(QUOTED,)).state.links
    return tuple(one.model_copy(update={"id": f"l-{n}", "other_case_id": f"o-{n}"}) for n in range(count))


def test_a_split_makes_a_whole_case_and_links_both_in_one_decision() -> None:
    decision = decided(filed().state, split())
    told, linked = decision.events
    assert isinstance(told, CaseSplit)
    assert isinstance(linked, CaseLinked)
    [begun] = decision.begins
    assert begun.id == "c-2"
    assert [event.event.TYPE if isinstance(event, Keyed) else event.TYPE for event in begun.events] == [
        "case-filed.v1",
        "submission-created.v1",
    ]
    assert begun.state.submissions.keys() == {"s-2"}
    rows = sorted(row.collection for row in decision.rows if isinstance(row, Insert))
    assert rows == ["links", "submission_cases"]
    assert decision.result["new_case_number"] == "CAJA-2026-000003-3"
    assert decision.state.submissions == filed().state.submissions


def test_a_split_asked_again_finds_the_first_and_makes_nothing() -> None:
    first = decided(filed().state, split())
    again = decided(first.state, split(filing=replace(split().filing, number="")))
    assert (again.events, again.rows, again.begins) == ((), (), ())
    assert again.result == {**first.result, "tracking_code": None}


def test_a_split_is_a_fact() -> None:
    case = decided(filed().state, split()).state
    assert refused(case, settle("dismissed", link_id="c-1_c-2", seen="confirmed")) == "split-stays"


def test_only_a_message_of_the_case_is_split() -> None:
    assert refused(filed().state, split(submission_id="s-9")) == "message-not-of-case"
    assert refused(None, split()) == "case-unknown"


def test_the_term_of_the_second_matter_counts_from_the_first_receipt() -> None:
    received = NOW - timedelta(days=45)
    filing = replace(
        split().filing, form=SubmissionForm(text="Otra cosa", received_at=received, late_reason="Se separó")
    )
    [begun] = decided(filed().state, split(filing=filing)).begins
    [case_filed, _] = begun.events
    assert isinstance(case_filed, CaseFiled)
    assert (case_filed.received_at, case_filed.registered_at) == (received, NOW)
