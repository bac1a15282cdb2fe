# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from typing import Any

import pytest
from satisfaction_story import ANSWERED, BOGOTA, RULES, answered, ask, called, classified, closed, filed, reopened, tell

from chassis.decision import Decision, Received
from satisfaction.domain.check import Check
from satisfaction.domain.decide import CheckRules
from satisfaction.domain.draw import Placed, PutOff
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person, PersonalCorrection, PersonCorrected, PersonField
from ventanilla_contracts.satisfaction import CheckScheduled, CheckWaived
from ventanilla_contracts.vocabulary import Kind, WaiverReason


def drawn(check: Check, draw: Placed | PutOff) -> Decision[Check]:
    decision = ask(check, draw)
    assert isinstance(decision, Decision), decision
    return decision


@pytest.mark.parametrize("kind", ["complaint", "claim"])
def test_complaints_and_claims_are_called(kind: Kind) -> None:
    check, [said] = tell(filed(), classified(kind), answered())
    assert isinstance(said, CheckScheduled)
    assert (said.check_id, said.kind, said.sample) == ("case-1", kind, None)
    assert (check.status, str(check.next_attempt_on)) == ("pending", "2026-03-09")


@pytest.mark.parametrize(
    ("kind", "phone", "anonymous", "regulator", "reason"),
    [
        ("petition", "+573000000655", False, False, "petition"),
        ("request", "+573000000655", False, False, "request"),
        ("suggestion", "+573000000655", False, False, "suggestion"),
        ("compliment", "+573000000655", False, False, "compliment"),
        ("petition", "+573000000655", False, True, "regulator-request"),
        ("claim", "+573000000655", False, True, "regulator-request"),
        ("complaint", None, True, False, "anonymous"),
        ("petition", None, True, False, "petition"),
    ],
)
def test_nobody_calls_about_the_rest_and_the_reason_is_said(
    kind: Kind, phone: str | None, anonymous: bool, regulator: bool, reason: WaiverReason
) -> None:
    case = filed(phone=phone, anonymous=anonymous, regulator=regulator)
    check, [said] = tell(case, classified(kind), answered())
    assert isinstance(said, CheckWaived)
    assert said.reason == reason
    assert (check.status, check.waiver) == ("waived", reason)


@pytest.mark.parametrize(("kind", "status"), [("complaint", "pending"), ("petition", "waived")])
def test_nobody_is_called_about_an_answer_that_did_not_arrive_until_another_does(kind: Kind, status: str) -> None:
    check, said = tell(filed(), classified(kind), answered(), reopened())
    assert (check.status, check.answered_at, check.next_attempt_on, check.waiver) == ("unanswered", None, None, None)
    later, again = tell(answered(ANSWERED + timedelta(days=5)), check=check)
    assert later.status == status
    assert [type(event) for event in again] == [type(event) for event in said]


def test_calls_without_contact_about_an_answer_that_did_not_arrive_do_not_count_for_the_next() -> None:
    check, _ = tell(filed(), classified("complaint"), answered())
    called_once = ask(check, called(), ANSWERED + timedelta(days=1))
    assert isinstance(called_once, Decision)
    after, _ = tell(reopened(), check=called_once.state)
    assert (after.status, after.attempts) == ("unanswered", ())


def test_what_a_person_has_said_of_an_answer_stays_said() -> None:
    check, _ = tell(filed(), classified("complaint"), answered())
    spoken = ask(check, called("contacted", "satisfied"), ANSWERED + timedelta(days=1))
    assert isinstance(spoken, Decision)
    assert tell(reopened(), check=spoken.state) == (spoken.state, [])


def test_who_replies_to_a_closed_case_is_asked_anew_once_they_have_their_next_answer() -> None:
    check, _ = tell(filed(), classified("complaint"), answered())
    spoken = ask(check, called("contacted", "satisfied"), ANSWERED + timedelta(days=1))
    assert isinstance(spoken, Decision)
    again, said = tell(reopened("person-replied"), answered(ANSWERED + timedelta(days=9)), check=spoken.state)
    assert (again.status, again.outcome, [type(event) for event in said]) == ("pending", None, [CheckScheduled])


def test_a_complaint_without_telephone_is_called_too() -> None:
    check, [said] = tell(filed(phone=None), classified("complaint"), answered())
    assert isinstance(said, CheckScheduled)
    assert check.status == "pending"


def test_a_compliment_that_closes_at_once_is_waived() -> None:
    check, [said] = tell(filed(), classified("compliment"), closed("compliment"))
    assert isinstance(said, CheckWaived)
    assert (said.reason, check.status) == ("compliment", "waived")


def test_closing_an_answered_case_says_nothing_more() -> None:
    _, said = tell(filed(regulator=True), classified(), answered(), closed("filed-with-regulator"))
    assert len(said) == 1


def test_an_answer_that_goes_again_does_not_begin_a_second_check() -> None:
    _, said = tell(filed(), classified(), answered(), answered(ANSWERED + timedelta(days=1)))
    assert len(said) == 1


def test_a_correction_before_the_answer_decides_and_one_after_it_does_not() -> None:
    check, [said] = tell(filed(), classified("petition"), classified("claim"), answered(), classified("petition"))
    assert isinstance(said, CheckScheduled)
    assert said.kind == "claim"
    assert check.status == "pending"


def test_a_subsidy_claim_waits_for_the_draw_of_the_local_month_of_its_answer() -> None:
    late_in_march = ANSWERED.replace(month=4, day=1, hour=4)  # 31 March, 23:02 in Bogota
    check, said = tell(filed(), classified("claim", "subsidios"), answered(late_in_march))
    assert said == []
    assert (check.status, check.month) == ("waiting-for-sample", "2026-03")


def test_a_subsidy_complaint_is_not_sampled() -> None:
    check, _ = tell(filed(), classified("complaint", "subsidios"), answered())
    assert check.status == "pending"


def test_which_areas_are_sampled_is_a_setting() -> None:
    rules = CheckRules(BOGOTA, frozenset({"recreation"}))
    check, _ = tell(filed(), classified("claim"), answered(), rules=rules)
    assert check.status == "waiting-for-sample"


def test_the_draw_reaches_a_waiting_claim_once() -> None:
    waiting, _ = tell(filed(), classified("claim", "subsidios"), answered())
    chosen = drawn(waiting, Placed("2026-03", chosen=True))
    [said] = chosen.events
    assert isinstance(said, CheckScheduled)
    assert said.sample == "subsidy-claims-2026-03"
    assert drawn(chosen.state, Placed("2026-03", chosen=True)).events == ()
    assert drawn(chosen.state, Placed("2026-03", chosen=False)).state == chosen.state


def test_a_claim_that_was_not_drawn_is_waived() -> None:
    waiting, _ = tell(filed(), classified("claim", "subsidios"), answered())
    [said] = drawn(waiting, Placed("2026-03", chosen=False)).events
    assert isinstance(said, CheckWaived)
    assert said.reason == "not-sampled"


def test_a_claim_that_came_too_late_takes_part_in_the_next_draw() -> None:
    waiting, _ = tell(filed(), classified("claim", "subsidios"), answered())
    put_off = drawn(waiting, PutOff("2026-03", "2026-04")).state
    assert (put_off.status, put_off.month) == ("waiting-for-sample", "2026-04")
    assert drawn(put_off, Placed("2026-03", chosen=True)).state == put_off


def test_what_cannot_be_is_a_bug_and_not_an_outcome() -> None:
    with pytest.raises(ValueError, match="before it was classified"):
        tell(filed(), answered())
    with pytest.raises(ValueError, match="no case was filed"):
        RULES(None, Received(answered(), "id", "case-1", ANSWERED, "routing-cases"), ANSWERED)
    with pytest.raises(TypeError):
        RULES(None, "hello", ANSWERED)


def corrected(*fields: PersonField, **person: Any) -> PersonCorrected:
    adviser, personal = Actor(id="yuliana", role="adviser"), PersonalCorrection(person=Person(**person))
    return PersonCorrected(actor=adviser, correction="p/1", fields=fields, personal=personal)


def test_the_call_goes_to_the_telephone_that_holds_now() -> None:
    told = corrected("phone", "email", phone="+573002222222", name="Otra", email="x@y.example")
    check, _ = tell(filed(phone="+573000000655"), classified("claim"), answered(), told)
    before, _ = tell(filed(phone="+573000000655"), classified("claim"), answered())
    assert check.personal == before.personal.model_copy(update={"phone": "+573002222222"})
    assert check.status == "pending"
    check, _ = tell(filed(phone="+573000000655"), corrected("name", "phone", name="Ana Ríos"))
    assert (check.personal.name, check.personal.phone) == ("Ana Ríos", None)
