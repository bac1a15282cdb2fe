# SPDX-License-Identifier: Apache-2.0
"""Who speaks in a case, given or corrected on the case: whose record it is, what is told, what goes out again."""

from dataclasses import replace
from typing import Any

import pytest
from regulator_cases import CREDIT, NOW, a_case, after, owed, sent

from chassis.decision import Decision, Insert, Refused
from intake.domain.case import Case
from intake.domain.decide import decide_case
from intake.domain.identifying import Holder
from intake.domain.person_changes import decide_person
from intake.domain.person_mentions import Mention
from intake.domain.person_noting import NotePerson, note
from intake.domain.person_reach import CorrectCasePerson
from intake.domain.person_told import TellPerson
from intake.domain.persons import KnownPerson, PersonDocument
from intake.domain.regulator.acts import NoteDispatch
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person, PersonCorrected

ADVISER, CITIZEN = Actor(id="yuliana", role="adviser"), Actor(id="citizen", role="citizen")
DOCUMENT = Person(document_type="CC", document_number="24345678")
FILED = Mention(
    case_number="CAJA-2026-000001-7",
    at=NOW,
    actor=CITIZEN,
    by_staff=False,
    confirmed=False,
    said=Person(name="Ana", email="ana@correo.example"),
    municipality=None,
    segment=None,
)
LUIS, TWIN = Holder("luis", "luis", "Luis"), Holder("otro", "otro", None)


def tell(**own: Any) -> TellPerson:
    values: dict[str, Any] = {
        "case_id": "c-1",
        "actor": ADVISER,
        "reason": "Lo dijo por teléfono",
        "fields": ("document",),
        "said": DOCUMENT,
        "municipality": None,
        "filed": FILED,
        "of_person": None,
        "made": "new",
    }
    return TellPerson(**values | own)


def decided(case: Case | None, command: TellPerson) -> Decision[Case]:
    decision = decide_case(case, command, NOW)
    assert isinstance(decision, Decision), decision
    return decision


def rows(decision: Decision[Case]) -> dict[str, Any]:
    return {row.id: row.document for row in decision.rows if isinstance(row, Insert)}


def test_a_document_that_was_missing_makes_a_person_of_what_was_filed_and_said() -> None:
    decision = decided(a_case(), tell())
    assert decision.state.person_id == "new"
    noted = rows(decision)
    assert [(key, row["person_id"], row["by_staff"]) for key, row in noted.items()] == [
        ("c-1/1/filed", "new", False),
        ("c-1/1", "new", True),
    ]
    assert noted["c-1/1"]["said"]["document_number"] == "24345678"
    [event] = decision.events
    assert isinstance(event, PersonCorrected)
    assert (event.correction, event.fields) == ("c-1/1", ("document",))
    [change] = decision.state.person_changes
    assert (change.by, change.reason, change.values["document_number"]) == (
        ADVISER,
        "Lo dijo por teléfono",
        "24345678",
    )


@pytest.mark.parametrize(
    ("had", "own", "expected"),
    [
        (None, {"holders": (LUIS,), "made": None}, "luis"),
        ("ana", {"holders": (LUIS,), "made": None}, "luis"),
        ("luis", {"holders": (LUIS,), "made": None}, "luis"),
        ("gone", {"holders": (Holder("gone", "luis", None),), "made": None}, "gone"),
        ("ana", {"holders": (LUIS, TWIN), "made": None}, None),
        ("luis", {"holders": (LUIS, TWIN), "made": None}, "luis"),
        ("ana", {"of_person": "ana", "alone": True}, "ana"),
        ("ana", {"of_person": "ana", "alone": False}, "new"),
        ("ana", {"of_person": "before", "alone": True}, "new"),
        ("ana", {"fields": ("name",), "said": Person(name="Ana Ríos")}, "ana"),
        (None, {"fields": ("name",), "said": Person(name="Ana Ríos"), "made": None}, None),
    ],
)
def test_whose_case_it_is_afterwards(had: str | None, own: dict[str, Any], expected: str | None) -> None:
    """The document of somebody with other cases is corrected by nobody who speaks of one of them."""
    decision = decided(a_case().model_copy(update={"person_id": had}), tell(**own))
    assert decision.state.person_id == expected
    corrected = [row for row in rows(decision).values() if row.get("corrects")]
    assert bool(corrected) == (expected is not None and expected == had)


@pytest.mark.parametrize(
    ("case", "own", "code"),
    [
        (None, {}, "case-unknown"),
        (a_case().model_copy(update={"anonymous": True}), {}, "person-stays-anonymous"),
        (a_case(), {"reason": " "}, "person-reason-missing"),
        (a_case(), {"fields": ()}, "person-nothing-to-correct"),
    ],
)
def test_what_is_refused(case: Case | None, own: dict[str, Any], code: str) -> None:
    refused = decide_case(case, tell(**own), NOW)
    assert isinstance(refused, Refused)
    assert refused.code == code


LACKS = NoteDispatch("create", 1, "refused", ("intake:document-missing",))


def test_what_the_regulator_did_not_take_goes_out_again_by_itself() -> None:
    case = after(a_case(), CREDIT, LACKS)
    assert owed(case) == ("refused", None)
    again = decided(case, tell()).state
    assert owed(again) == ("pending", None)
    assert again.regulator_file is not None
    assert (again.regulator_file.attention_since, again.regulator_file.pending_since) == (None, NOW)


def test_a_refusal_of_what_was_sent_before_the_correction_is_no_refusal_of_it() -> None:
    case = decided(after(a_case(), CREDIT), tell()).state
    assert owed(after(case, LACKS)) == ("pending", None)
    assert owed(after(case, sent("create"))) == ("sent", "pending")


def test_what_nothing_is_told_of_goes_not_out_again() -> None:
    case = after(a_case(), CREDIT, LACKS)
    phone = CorrectCasePerson(
        actor=ADVISER, correction="p/1", fields=("phone",), person=Person(phone="+573001234567"), before_email=None
    )
    assert owed(after(case, phone)) == ("refused", None)
    assert owed(after(case, replace(phone, fields=("name",)))) == ("pending", None)


def test_the_correction_of_the_record_that_came_from_the_case_is_no_news_to_it() -> None:
    case = decided(a_case(), tell()).state
    echo = CorrectCasePerson(actor=ADVISER, correction="p/1", fields=("document",), person=DOCUMENT, before_email=None)
    heard = decide_case(case, echo, NOW)
    assert isinstance(heard, Decision)
    assert (heard.events, heard.state.corrections) == ((), ("c-1/1", "p/1"))


def known() -> KnownPerson:
    said = Person(name="Ana", document_type="CC", document_number="999")
    told = NotePerson(
        actor=CITIZEN,
        said=said,
        municipality=None,
        segment=None,
        case_number="",
        at=NOW,
        by_staff=False,
        confirmed=False,
    )
    return note(None, told, NOW).state


def correction(person: KnownPerson | None, said: Person) -> Decision[KnownPerson]:
    told = NotePerson(
        actor=ADVISER,
        said=said,
        municipality=None,
        segment=None,
        case_number="CAJA-2026-000001-7",
        at=NOW,
        by_staff=True,
        confirmed=False,
        person_id="ana",
        corrects=("document",),
        reason="Lo dijo por teléfono",
    )
    decision = decide_person(person, told, NOW)
    assert isinstance(decision, Decision)
    return decision


def test_the_record_of_the_person_is_corrected_with_the_reason_and_other_cases_hear_of_it() -> None:
    decision = correction(known(), DOCUMENT)
    assert [one.number for one in decision.state.documents] == ["24345678"]
    assert (decision.state.history[-1].what, decision.state.history[-1].reason) == ("corrected", "Lo dijo por teléfono")
    assert [row.collection for row in decision.rows if isinstance(row, Insert)] == ["person_corrections"]


def test_a_document_that_the_record_has_comes_to_the_front_and_none_is_lost() -> None:
    first, second = PersonDocument(type="TI", number="1"), PersonDocument(type="CC", number="24345678")
    decision = correction(KnownPerson(documents=(first, second)), DOCUMENT)
    assert decision.state.documents == (second, first)


def test_of_a_record_that_is_not_there_yet_or_was_merged_it_is_a_note() -> None:
    assert correction(None, DOCUMENT).state.documents == (PersonDocument(type="CC", number="24345678"),)
    merged = known().model_copy(update={"merged_into": "other"})
    assert len(correction(merged, DOCUMENT).state.documents) == 2
