# SPDX-License-Identifier: Apache-2.0
"""Persons: whom a case is of, what is noted of them, corrections and merges."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import parse_instant
from chassis.decision import Decision, Insert, Refused
from intake.domain.identifying import Holder, identified, is_free
from intake.domain.person_changes import CorrectPerson, MergePerson, Survivor, UnmergePerson, decide_person
from intake.domain.person_noting import NotePerson, note
from intake.domain.persons import KnownPerson, keys_said, words_asked
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person

NOW = parse_instant("2026-03-02T08:00:00-05:00")
ADVISER, CITIZEN = Actor(id="yuliana", role="adviser"), Actor(id="citizen", role="citizen")
ANA = Person(
    name="Ana María Ríos",
    document_type="CC",
    document_number="1000000142",
    email="ana@correo.example",
    phone="+573001234567",
)
MAIL_ONLY = Person(name="Ana Ríos", email="Ana@correo.example")


def told(said: Person = ANA, *, days: int = 0, staff: bool = True, confirmed: bool = False, **rest: Any) -> NotePerson:
    return NotePerson(
        actor=ADVISER if staff else CITIZEN,
        said=said,
        municipality=rest.get("municipality"),
        segment=None,
        case_number=f"CAJA-2026-00000{days + 1}-0",
        at=NOW + timedelta(days=days),
        by_staff=staff,
        confirmed=confirmed,
    )


def known(*notes: NotePerson) -> KnownPerson:
    person = None
    for one in notes or (told(),):
        person = note(person, one, NOW).state
    assert person is not None
    return person


def holders(**people: KnownPerson) -> dict[str, list[Holder]]:
    found: dict[str, list[Holder]] = {}
    for person_id, person in people.items():
        for key in person.keys:
            found.setdefault(key, []).append(Holder(person_id, person.merged_into or person_id, person.name))
    return found


def test_a_document_names_its_person_whatever_else_is_said() -> None:
    people = holders(ana=known(), luis=known(told(ANA.model_copy(update={"document_number": "999"}), confirmed=True)))
    assert identified(ANA.model_copy(update={"name": "Otra", "email": "x@y.example"}), people) == "ana"


def test_an_unknown_document_makes_a_person_even_with_an_address_that_another_confirmed() -> None:
    """A family's e-mail merges no two documents."""
    people = holders(ana=known(told(confirmed=True)))
    brother = ANA.model_copy(update={"document_number": "1000000999"})
    assert identified(brother, people) is None
    assert is_free(brother, people)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (MAIL_ONLY, "ana"),
        (Person(phone="+573001234567"), "ana"),
        (Person(name="Luis Ríos", email="ana@correo.example"), None),
        (Person(email="otra@correo.example"), None),
        (Person(name="Ana Ríos"), None),
        (Person(), None),
    ],
)
def test_what_a_person_confirmed_leads_to_them_under_their_own_name(said: Person, expected: str | None) -> None:
    assert identified(said, holders(ana=known(told(confirmed=True)))) == expected


def test_what_nobody_confirmed_and_what_two_confirmed_leads_to_nobody() -> None:
    luis = ANA.model_copy(update={"document_number": "1000000999", "phone": None})
    assert identified(MAIL_ONLY, holders(ana=known())) is None
    shared = holders(ana=known(told(confirmed=True)), luis=known(told(luis, confirmed=True)))
    assert identified(MAIL_ONLY, shared) is None
    assert identified(MAIL_ONLY.model_copy(update={"phone": "+573001234567"}), shared) == "ana"


def test_address_of_one_and_telephone_of_another_lead_to_nobody() -> None:
    ana = known(told(ANA.model_copy(update={"phone": None}), confirmed=True))
    luis = known(told(ANA.model_copy(update={"document_number": "999", "email": None}), confirmed=True))
    assert identified(Person(email=ANA.email, phone=ANA.phone), holders(ana=ana, luis=luis)) is None


def test_two_records_that_are_shown_as_one_are_one_person() -> None:
    ana = known(told(confirmed=True))
    again = known(told(ANA.model_copy(update={"document_type": "TI"}), confirmed=True))
    merged = again.model_copy(update={"merged_into": "ana"})
    assert identified(MAIL_ONLY, holders(ana=ana, again=merged)) == "ana"
    young = ANA.model_copy(update={"document_type": "TI"})
    assert identified(young, holders(ana=ana, again=merged)) == "again"


def test_staff_replace_what_is_known_and_others_only_fill_gaps() -> None:
    person = known(
        told(ANA.model_copy(update={"address": None})),
        told(
            ANA.model_copy(update={"name": "Falsa", "phone": "+573009999999", "address": "Calle 1"}),
            days=1,
            staff=False,
            confirmed=False,
        ),
    )
    assert (person.name, person.address) == ("Ana María Ríos", "Calle 1")
    assert [one.value for one in person.phones] == ["+573001234567", "+573009999999"]
    assert person.history == ()
    person = known(told(), told(ANA.model_copy(update={"name": "Ana Ríos Gil", "phone": "+573007777777"}), days=1))
    assert (person.name, person.as_person().phone) == ("Ana Ríos Gil", "+573007777777")
    assert [(one.what, one.before) for one in person.history] == [("noted", {"name": "Ana María Ríos"})]


def test_the_order_and_repetition_of_notes_change_nothing_that_is_in_use() -> None:
    """Two processes may note the same cases, in any order."""
    notes = [
        told(),
        told(ANA.model_copy(update={"phone": "+573007777777", "address": "Calle 9"}), days=1, confirmed=True),
        told(ANA.model_copy(update={"name": "X", "address": "Calle 5"}), days=2, staff=False),
    ]
    uses = set()
    for order in permutations([*notes, notes[1]]):
        person = known(*order)
        confirmed = frozenset(key for key in person.keys if key.startswith("phone"))
        uses.add((person.as_person().phone, person.address, confirmed))
    assert uses == {("+573007777777", "Calle 9", frozenset({"phone:+573007777777"}))}


def test_a_person_with_a_hundred_addresses_keeps_the_confirmed_ones() -> None:
    notes = [told(ANA.model_copy(update={"email": f"{n}@x.example"}), days=n, confirmed=n == 3) for n in range(100)]
    emails = known(*notes).emails
    assert len(emails) == 10
    assert emails[0].value == "99@x.example"
    assert [one.value for one in emails if one.confirmed] == ["3@x.example"]


def correction(**values: Any) -> CorrectPerson:
    fields = values.pop("fields", tuple(name for name in values if name in Person.model_fields))
    said = Person(**{name: value for name, value in values.items() if name in Person.model_fields})
    rest = {name: value for name, value in values.items() if name not in Person.model_fields}
    return CorrectPerson(person_id="ana", actor=ADVISER, **{"reason": "Llamó", "said": said, "fields": fields, **rest})


def corrected(person: KnownPerson | None, command: CorrectPerson) -> Decision[KnownPerson]:
    found = decide_person(person, command, NOW)
    assert isinstance(found, Decision)
    return found


def test_a_correction_replaces_what_is_in_use_and_keeps_what_it_was() -> None:
    decision = corrected(known(), correction(phone="+573002222222", name="Ana María Ríos Gil", confirmed=True))
    person = decision.state
    assert person.as_person().phone == "+573002222222"
    assert [one.value for one in person.phones] == ["+573002222222"]
    assert person.history[-1].before == {"phone": "+573001234567", "name": "Ana María Ríos"}
    assert "phone:+573002222222" in person.keys
    assert "email:ana@correo.example" in person.keys
    [row] = decision.rows
    assert isinstance(row, Insert)
    assert (row.id, row.document["fields"]) == ("ana/1", ["name", "phone"])


def test_a_telephone_that_is_not_theirs_is_used_no_more() -> None:
    person = corrected(known(told(confirmed=True)), correction(phone=None, fields=("phone",))).state
    assert person.as_person().phone is None
    assert not any(key.startswith("phone") for key in person.keys)
    assert identified(Person(phone="+573001234567"), holders(ana=person)) is None


def test_a_corrected_document_leads_to_them_and_the_wrong_one_no_more() -> None:
    person = corrected(
        known(), correction(document_type="CC", document_number="1000000241", fields=("document",))
    ).state
    assert identified(ANA, holders(ana=person)) is None
    assert identified(ANA.model_copy(update={"document_number": "1000000241"}), holders(ana=person)) == "ana"


def test_a_segment_is_the_persons_own_and_reaches_no_case() -> None:
    decision = corrected(known(), correction(fields=("segment",), segment="vip"))
    assert (decision.state.segment, decision.rows) == ("vip", ())


GOES = MergePerson(
    person_id="ana", into="otra", actor=ADVISER, reason="La misma", facts=Survivor(exists=True, merges=7)
)
MERGED = known().model_copy(update={"merged_into": "otra"})


@pytest.mark.parametrize(
    ("person", "command", "code"),
    [
        (None, GOES, "person-unknown"),
        (known(), replace(GOES, reason=" "), "person-reason-missing"),
        (known(), replace(GOES, into="ana"), "merge-with-itself"),
        (known(), replace(GOES, facts=Survivor()), "merge-into-unknown"),
        (MERGED, GOES, "person-merged"),
        (known(), replace(GOES, facts=Survivor(exists=True, merged=True)), "merge-the-other-way"),
        (known(), replace(GOES, facts=Survivor(exists=True, goer_has_merged=True)), "merge-the-other-way"),
        (known(), UnmergePerson(person_id="ana", actor=ADVISER, reason="x"), "person-not-merged"),
        (MERGED, correction(name="X"), "person-merged"),
        (known(), correction(), "person-nothing-to-correct"),
    ],
)
def test_what_cannot_be_done_to_a_person(person: KnownPerson | None, command: object, code: str) -> None:
    refused = decide_person(person, command, NOW)
    assert isinstance(refused, Refused)
    assert refused.code == code


def test_a_merge_and_its_undoing_are_lines_of_one_log_and_leave_what_was_there() -> None:
    merged = decide_person(known(), GOES, NOW)
    assert isinstance(merged, Decision)
    undo = UnmergePerson(person_id="ana", actor=ADVISER, reason="Eran dos", facts=Survivor(merges=8))
    apart = decide_person(merged.state, undo, NOW)
    assert isinstance(apart, Decision)
    assert [row.id for row in (*merged.rows, *apart.rows) if isinstance(row, Insert)] == ["000000008", "000000009"]
    assert [line.what for line in apart.state.history] == ["merged", "unmerged"]
    assert apart.state.model_copy(update={"history": ()}) == known()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1.000.000.142", ("1000000142",)),
        ("300 123 4567", ("3001234567",)),
        ("+57 300", ("57300",)),
        ("  ÁNA  rios ", ("rios", "ana")),
        ("Ana@Correo.example", ("ana@correo.example",)),
        ("O'Higgins", ("higgins", "o")),
        ("---", ()),
        ("", ()),
    ],
)
def test_what_is_typed_becomes_the_words_that_are_kept(typed: str, words: tuple[str, ...]) -> None:
    assert words_asked(typed) == words


@given(st.text(max_size=40).filter(lambda name: "@" not in name))
def test_whatever_is_typed_the_name_itself_is_found_by_every_beginning(name: str) -> None:
    person = known(told(Person(name=name, document_type="CC", document_number="123456")))
    for word in words_asked(name if any(sign.isalpha() for sign in name) else ""):
        assert any(kept.startswith(word) for kept in person.words), (name, word)


def test_a_form_with_a_document_is_not_led_by_its_address() -> None:
    assert keys_said(ANA) == ("document:CC:1000000142",)
    assert keys_said(MAIL_ONLY) == ("email:ana@correo.example",)
    nit = known(told(Person(document_type="NIT", document_number="800191045")))
    assert "8001910451" in nit.words
