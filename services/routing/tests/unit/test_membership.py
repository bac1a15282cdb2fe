# SPDX-License-Identifier: Apache-2.0
"""Membership requests go to whoever admits, by rule, and show how far the check of their requirements is (CSC-06)."""

import pytest
from routing_story import AGENT, FIRE, Story, filed, names, policy, tutela

from routing.domain.classifying.checks import classification_faults
from routing.domain.classifying.file import ClassificationFile
from routing.domain.commands import Classify
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import (
    Membership,
    MembershipChecked,
    MembershipCompleted,
    MembershipIncomplete,
    MembershipRequirement,
    MissingRequirement,
    PersonalIncomplete,
    TermOrdered,
)
from ventanilla_contracts.routing import CaseClassified, DeadlineSet
from ventanilla_contracts.vocabulary import RequirementState

INTAKE = Actor(id="intake", role="service")


def membership(cedula: RequirementState, registro: RequirementState) -> Membership:
    states: tuple[tuple[str, RequirementState], ...] = (("cedula", cedula), ("registro", registro))
    return Membership(
        kind="dependiente",
        kind_name="Trabajador dependiente",
        version="2026-1",
        requirements=tuple(MembershipRequirement(code=code, name=code, state=state) for code, state in states),
    )


LACKING, DONE = membership("received", "missing"), membership("accepted", "accepted")


def checked(now: Membership) -> MembershipChecked:
    return MembershipChecked(actor=AGENT, membership=now)


@pytest.mark.parametrize("text", ["Solicitud de afiliación", "Solicito crédito; me cobraron doble", "Felicitaciones"])
def test_a_request_goes_to_the_area_that_admits_whatever_its_words(text: str) -> None:
    said = Story(filed(text, kind_stated="petition", membership=LACKING)).only(CaseClassified)
    assert (said.area, said.regulator_category, said.kind) == ("subsidios", "afiliaciones", "petition")
    assert (said.term, said.rules[0]) == ("general", "membership")


def test_without_a_request_the_words_decide() -> None:
    said = Story(filed("Solicito un crédito de vivienda")).only(CaseClassified)
    assert "membership" not in said.rules


def test_a_case_that_turns_out_to_be_a_request_moves_once() -> None:
    story = Story(filed("Solicito un crédito para mi negocio"))
    assert story.case.classification is not None
    assert story.case.classification.area == "credito"
    assert names(story.hear(checked(LACKING))) == ["case-classified", "case-assigned"]
    assert story.case.classification.area == "subsidios"
    assert names(story.hear(checked(DONE))) == []
    assert story.case.membership == DONE


def test_a_person_s_classification_holds() -> None:
    story = Story(filed(kind_stated="petition", membership=LACKING))
    story.ask(Classify(AGENT, area="juridica"))
    story.hear(checked(DONE))
    assert story.case.classification is not None
    assert story.case.classification.area == "juridica"


def test_what_cannot_wait_goes_before() -> None:
    danger = Story(filed("Hay un incendio", membership=LACKING, emergency=FIRE)).only(CaseClassified)
    assert (danger.area, danger.priority) == ("seguridad-y-ambiente", "emergency")
    story = Story(filed(membership=LACKING))
    story.hear(TermOrdered(actor=AGENT, tutela=tutela("2026-03-04 10:15")))
    assert story.case.classification is not None
    assert story.case.classification.area == "juridica"


def test_its_history_says_what_was_told_and_when_it_was_complete() -> None:
    story = Story(filed(membership=LACKING))
    missing = MissingRequirement(code="registro", name="Registro civil", why="missing")
    told = MembershipIncomplete(actor=INTAKE, missing=(missing,), times=1, personal=PersonalIncomplete())
    story.hear(told)
    assert story.case.membership is not None
    assert not story.case.membership.complete
    story.hear(checked(DONE))
    story.hear(MembershipCompleted(actor=AGENT, kind="dependiente", version="2026-1"))
    lines = {line.what: line.facts for line in story.case.history}
    assert lines["membership-incomplete"] == {"names": "Registro civil"}
    assert lines["membership-checked"] == {"how_far": "2/2"}
    assert lines["membership-completed"] == {}
    assert story.case.membership.complete
    assert story.only(DeadlineSet).term == "general"


@pytest.mark.parametrize(
    ("to", "place"),
    [
        ({"area": "socios"}, ("memberships", "area")),
        ({"area": "subsidios", "regulator_category": "socios"}, ("memberships", "regulator_category")),
    ],
)
def test_an_area_that_does_not_exist_is_a_fault(to: dict[str, str], place: tuple[str, ...]) -> None:
    content = policy().classifier.file.model_dump(by_alias=True, exclude_none=True)
    faults = classification_faults(ClassificationFile.model_validate({**content, "memberships": to}))
    assert [fault.place for fault in faults] == [place]
