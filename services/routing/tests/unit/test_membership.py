# SPDX-License-Identifier: Apache-2.0
"""Membership requests go to whoever admits, by rule, and show how far the check of their requirements is (CSC-06)."""

import pytest
from routing_story import AGENT, FIRE, Story, filed, local, names, policy, said, tutela

from routing.domain.classifying.checks import classification_faults
from routing.domain.classifying.file import ClassificationFile
from routing.domain.commands import Classify, StopClock
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
from ventanilla_contracts.routing import CaseClassified, ClockResumed, DeadlineSet
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


def completed() -> MembershipCompleted:
    return MembershipCompleted(actor=AGENT, kind="dependiente", version="2026-1")


def stopped_request() -> Story:
    story = Story(filed("Solicitud de afiliación", kind_stated="petition", membership=LACKING))
    story.ask(StopClock(AGENT, "Falta el registro civil."), at="2026-03-10 11:00")
    return story


def test_a_clock_that_stood_still_for_a_document_runs_again_once_the_request_is_complete() -> None:
    story = stopped_request()
    story.hear(said("Va el registro.", "2026-03-19 16:00"), at="2026-03-19 16:00")
    story.hear(checked(DONE), at="2026-03-24 09:00")
    assert names(story.hear(completed())) == ["clock-resumed", "deadline-set"]
    resumed = story.only(ClockResumed)
    assert (resumed.completed_on.isoformat(), resumed.because, resumed.actor) == ("2026-03-19", "completed", AGENT)
    assert story.case.deadline is not None
    assert story.case.deadline.due.isoformat() == "2026-04-06"
    assert not [name for name in story.timers if name.startswith(("waits-", "withdrawal"))]


def test_without_a_message_it_was_complete_when_the_last_document_was_accepted() -> None:
    story = stopped_request()
    story.hear(completed(), at="2026-03-24 09:00")
    assert story.only(ClockResumed).completed_on.isoformat() == "2026-03-24"


def test_a_completion_that_is_heard_of_after_the_stop_began_gives_back_every_day() -> None:
    story = Story(filed("Solicitud de afiliación", kind_stated="petition", membership=LACKING))
    story.ask(StopClock(AGENT, "Falta el registro civil."), at="2026-03-10 11:00")
    story.now = local("2026-03-09 17:00")
    story.hear(completed())
    assert story.only(ClockResumed).completed_on.isoformat() == "2026-03-10"
    assert story.case.deadline is not None
    assert story.case.deadline.due.isoformat() == "2026-03-24"


def test_a_completion_twice_or_without_a_stop_resumes_nothing() -> None:
    story = stopped_request()
    story.hear(completed(), at="2026-03-24 09:00")
    assert story.hear(completed()) == ()
    running = Story(filed("Solicitud de afiliación", kind_stated="petition", membership=LACKING))
    assert running.hear(completed()) == ()
