# SPDX-License-Identifier: Apache-2.0
"""CNF-06: what a model's proposal may decide, what waits for a person, and what a person's word does to it."""

from datetime import datetime
from typing import Any

import pytest
from routing_story import AGENT, FIRE, MONDAY, Story, filed, local, policy, tutela

from chassis.decision import Decision, Received
from routing.domain.case import Case
from routing.domain.cases import decide
from routing.domain.classifying.classification import Classification
from routing.domain.classifying.learned import classified, known
from routing.domain.classifying.proposal import FiledWithProposal, Guess, Proposal
from routing.domain.commands import Classify
from ventanilla_contracts.intake import CaseFiled, RegulatorRequest
from ventanilla_contracts.routing import CaseClassified, ProposedValue

SILENT = "Buenos días, quedo atenta"
"""A text of which no rule says anything."""
SURE, UNSURE = 1.0, 0.3
SSF = RegulatorRequest(authority="SSF", reference="2-2026-004518")


def proposal(confidence: float = SURE, /, **values: str) -> Proposal:
    guesses = {field: Guess(value=value, confidence=confidence, words=("atenta",)) for field, value in values.items()}
    return Proposal.model_validate({"model": "m-1", "guesses": guesses})


def learned(text: str, proposed: Proposal | None, **fields: Any) -> Classification:
    return classified(policy(), filed(text, **fields), known(policy(), proposed) if proposed else None)


def test_without_a_model_nothing_but_rules_is_asked_and_nothing_waits() -> None:
    found = learned(SILENT, None)
    assert found == policy().classifier.classify(filed(SILENT))
    assert (found.by, found.model, found.waiting) == ("rules", None, ())


def test_a_sure_proposal_decides_what_the_rules_leave_open() -> None:
    found = learned(SILENT, proposal(area="salud", kind="complaint", attribute="kindness", term="general"))
    assert (found.area, found.area_name, found.kind, found.attribute) == ("salud", "Salud", "complaint", "kindness")
    assert found.regulator_category == "salud"
    assert (found.by, found.model, found.waiting) == ("model", "m-1", ())


def test_an_unsure_proposal_waits_for_a_person_with_customer_care_and_the_general_term() -> None:
    found = learned(SILENT, proposal(UNSURE, area="salud", kind="complaint", term="documents"))
    assert (found.area, found.kind, found.term) == ("atencion-al-cliente", "petition", "general")
    assert (found.by, found.waiting) == ("rules", ("area", "kind", "term"))
    assert ProposedValue(field="area", value="salud", confidence=UNSURE, used=False) in found.proposed


def test_each_field_has_its_own_threshold() -> None:
    guesses = {"area": Guess(value="salud", confidence=0.61), "term": Guess(value="documents", confidence=0.61)}
    found = learned(SILENT, Proposal.model_validate({"model": "m-1", "guesses": guesses}))
    assert (found.area, found.term, found.waiting) == ("salud", "general", ("kind", "term"))


@pytest.mark.parametrize(
    ("text", "fields", "proposed", "stays"),
    [
        ("No me pagaron la cuota monetaria", {}, {"area": "salud"}, {"area": "subsidios"}),
        ("No me pagaron la cuota monetaria", {}, {"kind": "petition"}, {"kind": "claim"}),
        (SILENT, {"area_stated": "Crédito"}, {"area": "salud"}, {"area": "credito"}),
        (SILENT, {"kind_stated": "suggestion"}, {"kind": "claim"}, {"kind": "suggestion"}),
        ("Mi mamá es adulto mayor", {}, {"priority": "normal"}, {"priority": "high"}),
        ("Elevo consulta", {}, {"term": "documents"}, {"term": "consultation"}),
        (SILENT, {}, {"term": "consultation"}, {"term": "general"}),
        (SILENT, {}, {"kind": "compliment"}, {"kind": "petition"}),
        (SILENT, {}, {"priority": "emergency"}, {"priority": "normal"}),
        (SILENT, {}, {"area": "planta-de-aguas"}, {"area": "atencion-al-cliente"}),
        (SILENT, {}, {"attribute": "speed"}, {"attribute": "information"}),
        (SILENT, {}, {"regulator_category": "of-1990"}, {"regulator_category": "atencion-al-afiliado"}),
        (SILENT, {"emergency": FIRE}, {"area": "salud", "kind": "claim"}, {"area": "atencion-al-cliente"}),
        (SILENT, {"tutela": tutela("2026-03-05 10:00")}, {"area": "salud"}, {"area": "atencion-al-cliente"}),
        (SILENT, {"channel": "regulator"}, {"area": "salud"}, {"area": "atencion-al-cliente"}),
        (SILENT, {"regulator": SSF}, {"term": "documents"}, {"term": "general"}),
    ],
)
def test_however_sure_a_model_does_not_change(
    text: str, fields: dict[str, Any], proposed: dict[str, str], stays: dict[str, str]
) -> None:
    found = learned(text, proposal(**proposed), **fields)
    assert {name: getattr(found, name) for name in stays} == stays
    assert not any(one.used for one in found.proposed if one.field in stays)


@pytest.mark.parametrize(
    ("proposed", "becomes"),
    [({"term": "documents"}, {"term": "documents"}), ({"priority": "high"}, {"priority": "high"})],
)
def test_a_model_may_shorten_a_term_and_raise_a_priority(proposed: dict[str, str], becomes: dict[str, str]) -> None:
    found = learned(SILENT, proposal(**proposed))
    assert {name: getattr(found, name) for name in becomes} == becomes


def test_what_the_policy_does_not_know_is_not_proposed_and_waits() -> None:
    found = learned(SILENT, proposal(area="planta-de-aguas", kind="claim", term="general"))
    assert [one.field for one in found.proposed] == ["kind", "term"]
    assert found.waiting == ("area",)


@pytest.mark.parametrize(
    ("text", "waiting"),
    [
        ("No me pagaron la cuota monetaria", ()),
        ("Quiero presentar un reclamo", ("area",)),
        ("Sobre la piscina", ("kind", "term")),
    ],
)
def test_nobody_is_asked_about_what_a_rule_decided(text: str, waiting: tuple[str, ...]) -> None:
    assert learned(text, proposal(UNSURE, area="salud", kind="claim", term="general")).waiting == waiting


@pytest.mark.parametrize("fields", [{"emergency": FIRE}, {"tutela": tutela("2026-03-05 10:00")}, {"regulator": SSF}])
def test_what_cannot_wait_does_not_stand_in_the_list(fields: dict[str, Any]) -> None:
    found = learned(SILENT, proposal(UNSURE, area="salud"), **fields)
    assert (found.model, found.proposed, found.waiting) == (None, (), ())


def taken_in(event: CaseFiled, proposed: Proposal | None) -> Story:
    """The story of a case that a model was asked about."""
    story = Story()
    received = Received(event, "e-1", "case-1", story.now, event.TOPIC)
    decision = decide(story.policy, None, FiledWithProposal(received, proposed), story.now)
    assert isinstance(decision, Decision)
    story.state, story.told = decision.state, list(decision.events)  # type: ignore[arg-type]
    return story


def test_an_unsure_case_is_taken_in_at_once_and_stands_in_the_list() -> None:
    story = taken_in(filed(SILENT), proposal(UNSURE, area="salud", kind="claim"))
    case = story.case
    assert case.to_classify
    assert case.assignment is not None
    assert case.assignment.area == "atencion-al-cliente"
    assert case.deadline is not None
    assert case.deadline.due.isoformat() == "2026-03-24"
    assert case.proposal is not None
    assert case.proposal.guesses["area"].words == ("atenta",)


def test_the_event_says_what_was_proposed_by_which_model_without_the_persons_words() -> None:
    said = taken_in(filed(SILENT), proposal(area="salud", kind="claim")).only(CaseClassified)
    assert (said.by, said.model, said.waiting) == ("model", "m-1", ("term",))
    assert [(one.field, one.value, one.used) for one in said.proposed] == [
        ("area", "salud", True),
        ("kind", "claim", True),
    ]
    assert "atenta" not in said.model_dump_json()


def test_a_person_settles_what_waits_and_the_event_says_what_had_been_proposed() -> None:
    story = taken_in(filed(SILENT), proposal(UNSURE, area="salud", kind="claim", term="general"))
    told = story.ask(Classify(AGENT, area="recreacion", kind="claim"), "2026-03-03 09:00")
    said = next(event for event in told if isinstance(event, CaseClassified))
    assert (said.by, said.actor, said.by_person, said.waiting) == ("person", AGENT, ("area", "kind"), ("term",))
    assert [(one.field, one.value) for one in said.proposed] == [
        ("area", "salud"),
        ("kind", "claim"),
        ("term", "general"),
    ]
    assert story.case.to_classify
    story.ask(Classify(AGENT, term="general"))
    assert not story.case.to_classify
    assert story.case.classification is not None
    assert story.case.classification.by_person == ("area", "kind", "term")


def test_a_case_that_is_over_leaves_the_list() -> None:
    on_spot: dict[str, Any] = {"answered_on_spot": {"at": local(MONDAY)}, "answer_on_spot": "Ya quedó."}
    story = taken_in(filed(SILENT, **on_spot), proposal(UNSURE, area="salud"))
    assert not story.case.to_classify


def test_a_filing_that_comes_again_with_another_model_changes_nothing() -> None:
    story = taken_in(filed(SILENT), proposal(area="salud", kind="claim"))
    before: Case = story.case
    received = Received(filed(SILENT), "e-1", "case-1", story.now, "intake-cases")
    again = FiledWithProposal(received, proposal(area="credito", kind="suggestion"))
    with pytest.raises(ValueError, match="filed once"):
        decide(policy(), before, again, story.now)
    assert story.case is before


def test_the_same_proposal_decides_the_same() -> None:
    now: datetime = local(MONDAY)
    proposed = proposal(area="salud", kind="claim")
    message = FiledWithProposal(Received(filed(SILENT), "e-1", "case-1", now, "intake-cases"), proposed)
    assert decide(policy(), None, message, now) == decide(policy(), None, message, now)
