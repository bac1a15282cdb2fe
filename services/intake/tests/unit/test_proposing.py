# SPDX-License-Identifier: Apache-2.0
"""Which links a new case is proposed to begin with."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from intake.domain.letters import Sent, persons_in
from intake.domain.likeness import words_of
from intake.domain.numbers import case_number
from intake.domain.proposing import Known, LinkRules, Proposing, Said, once_told, sought
from intake.domain.submission import FileSubmission, LetterGroup, Related
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person, RegulatorRequest, SubmissionForm

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
CITIZEN = Actor(id="citizen", role="citizen")
RULES = LinkRules("CAJA", letter_from=3, letter_least_words=10)
NUMBER, OTHER = case_number("CAJA", 2026, 1), case_number("CAJA", 2026, 2)
SAID = "Me cobraron dos veces la reserva de la cabaña, del 14 al 15 de febrero. Pido la devolución de 186.000 pesos."
LETTER = "Solicito que la sede del barrio no cierre los sábados, porque quienes trabajamos no podemos ir otro día."
ANA = Person(name="Ana", email="ana@correo.example")


def command(case_id: str = "new", text: str = "Hola", person: Person = ANA, **own: Any) -> FileSubmission:
    subject = own.pop("subject", "")
    regulator = own.pop("regulator", None)
    values: dict[str, Any] = {
        "submission_id": f"s-{case_id}",
        "channel": "web",
        "external_id": "x",
        "external_key": None,
        "content_hash": "h",
        "actor": CITIZEN,
        "tracking_code": "",
        "form": SubmissionForm(text=text, subject=subject, person=person, regulator=regulator),
        "case_id": case_id,
        "number": case_number("CAJA", 2026, 100),
    }
    return FileSubmission(**{**values, **own})


def said(text: str = SAID, case_id: str = "c-1") -> dict[str, list[Said]]:
    return {"email ana@correo.example": [Said(case_id, words_of(text), frozenset({"email ana@correo.example"}))]}


def known(*, is_open: bool = True) -> dict[str, Known]:
    return {"c-1": Known("c-1", NUMBER, is_open), "c-2": Known("c-2", OTHER, True)}


def found(filed: FileSubmission, proposing: Proposing, rules: LinkRules = RULES) -> tuple[Related, ...]:
    return proposing.proposed(sought(filed, rules)).found


@pytest.mark.parametrize(
    "written",
    [
        NUMBER,
        NUMBER.lower(),
        NUMBER.replace("-", " "),
        NUMBER.replace("-", ""),
        NUMBER.replace("-", "–"),
        f"[{NUMBER}]",
        f"radicado {NUMBER.removeprefix('CAJA-')}",
        f"No. {NUMBER.removeprefix('CAJA-').replace('-', ' ')}.",
        NUMBER.replace("2026", "２０２６"),
    ],
)
def test_a_number_quoted_in_any_writing_is_a_proposed_link(written: str) -> None:
    proposing = Proposing(RULES, NOW, known=known())
    expected = (Related("c-1", NUMBER, "quoted"),)
    assert found(command(text=f"Sobre {written} quiero saber"), proposing) == expected
    assert found(command("n-2", subject=f"Re: {written}"), proposing) == expected


@pytest.mark.parametrize(
    "text",
    [
        NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10),
        case_number("CAJA", 2026, 3),
        NUMBER.replace("CAJA", "OTRA"),
        "300 123 4567",
        f"{NUMBER}5",
    ],
)
def test_a_wrong_an_unknown_or_anothers_number_is_none(text: str) -> None:
    assert found(command(text=text), Proposing(RULES, NOW, known=known())) == ()


def test_a_letter_that_a_stranger_answers_is_quoted_before_numbers_and_each_case_once() -> None:
    filed = command(text=f"{NUMBER} y {OTHER}", replies_to=("c-2", "c-9"))
    assert found(filed, Proposing(RULES, NOW, known=known())) == (
        Related("c-2", OTHER, "quoted"),
        Related("c-1", NUMBER, "quoted"),
    )


def test_many_quoted_numbers_are_few_links() -> None:
    numbers = [case_number("CAJA", 2026, n) for n in range(1, 40)]
    cases = {f"c-{n}": Known(f"c-{n}", number, True) for n, number in enumerate(numbers)}
    assert len(found(command(text=" ".join(numbers)), Proposing(RULES, NOW, known=cases))) == 5


@pytest.mark.parametrize(
    ("own", "rules", "is_open", "expected"),
    [
        ({}, RULES, True, True),
        ({}, RULES, False, False),
        ({"text": "No me llegó la cuota monetaria de febrero, y radiqué los papeles."}, RULES, True, False),
        ({"person": Person(email="eva@correo.example")}, RULES, True, False),
        ({"person": Person()}, RULES, True, False),
        ({}, replace(RULES, duplicate_from=101), True, False),
        ({}, replace(RULES, duplicate_least_signs=500), True, False),
        ({"regulator": RegulatorRequest(authority="SSF", reference="1")}, RULES, True, False),
    ],
)
def test_the_same_person_saying_the_same_while_a_case_is_open_is_a_likely_duplicate(
    own: dict[str, Any], rules: LinkRules, is_open: bool, expected: bool
) -> None:
    proposing = Proposing(rules, NOW, said=said(), known=known(is_open=is_open))
    filed = command(**{"text": f"{SAID} Gracias.", **own})
    proposed = found(filed, proposing, rules)
    assert [(one.case_id, one.relation, one.confirmed) for one in proposed] == (
        [("c-1", "duplicate", False)] if expected else []
    )
    assert all(90 <= (one.score or 0) < 100 for one in proposed)


def test_above_a_higher_threshold_a_duplicate_is_confirmed_by_rule() -> None:
    rules = replace(RULES, duplicate_confirmed_from=100)
    for text, confirmed in ((SAID, True), (f"{SAID} Gracias.", False)):
        [one] = found(command(text=text), Proposing(rules, NOW, said=said(), known=known()), rules)
        assert one.confirmed is confirmed


def test_of_two_in_one_batch_the_second_repeats_the_first() -> None:
    proposing = Proposing(RULES, NOW)
    first = found(command("n-1", SAID, number=NUMBER), proposing)
    [second] = found(command("n-2", SAID), proposing)
    assert first == ()
    assert (second.case_id, second.number, second.score) == ("n-1", NUMBER, 100)


def test_a_duplicate_that_quotes_its_case_is_linked_once_as_a_duplicate() -> None:
    proposing = Proposing(RULES, NOW, said=said(), known=known())
    relations = [(one.case_id, one.relation) for one in found(command(text=f"{SAID} {NUMBER}"), proposing)]
    assert relations[0] == ("c-1", "duplicate")


def person(n: int) -> Person:
    return Person(name=f"Persona {n}", email=f"p{n}@correo.example")


def letters(proposing: Proposing, *persons: Person, first: int = 0) -> list[FileSubmission]:
    commands = [command(f"n-{first + n}", LETTER, one) for n, one in enumerate(persons)]
    return [proposing.proposed(sought(one, RULES)) for one in commands]


def test_from_the_third_person_on_a_letter_is_linked_with_the_first() -> None:
    told = letters(Proposing(RULES, NOW), *map(person, range(5)))
    assert [[one.relation for one in filed.found] for filed in told] == [[], [], *[["mass-letter"]] * 3]
    assert {one.case_id for filed in told for one in filed.found} == {"n-0"}
    assert [filed.letter_group.count if filed.letter_group else 0 for filed in told] == [0, 0, 3, 4, 5]
    assert [bool(filed.letter_group) for filed in once_told(told)] == [False, False, False, False, True]


def test_those_of_earlier_batches_count_and_the_oldest_is_the_first() -> None:
    letter = sought(command(text=LETTER), RULES).letter or ""
    sent = [Sent("c-1", NOW, frozenset({"email a"})), Sent("c-2", NOW, frozenset({"email b"}))]
    [third] = letters(Proposing(RULES, NOW, known=known(), sent={letter: sent}), person(3))
    assert third.found == (Related("c-1", NUMBER, "mass-letter"),)
    group = LetterGroup(letter, 41, "c-1", NUMBER, NOW)
    [next_] = letters(Proposing(RULES, NOW, groups={letter: group}), person(4))
    assert next_.letter_group == replace(group, count=42)


def test_one_person_who_sends_a_letter_again_and_again_is_not_many() -> None:
    letter = sought(command(text=LETTER), RULES).letter or ""
    keys = frozenset({"email ana@correo.example"})
    sent = [Sent(f"c-{n}", NOW, keys) for n in range(9)]
    assert letters(Proposing(RULES, NOW, known=known(), sent={letter: sent}), ANA)[0].found == ()
    told = letters(Proposing(RULES, NOW), ANA, ANA, ANA, ANA)
    assert {one.relation for filed in told for one in filed.found} == {"duplicate"}
    assert all(filed.letter_group is None for filed in told)


def test_persons_who_share_a_key_are_one_and_who_has_none_is_one() -> None:
    a, b, nobody = frozenset({"a"}), frozenset({"a", "b"}), frozenset[str]()
    assert persons_in([], a) == 1
    assert persons_in([Sent("1", NOW, b)], a) == 1
    assert persons_in([Sent("1", NOW, nobody), Sent("2", NOW, nobody)], nobody) == 3


def test_what_was_found_before_a_retry_does_not_stay() -> None:
    stale = command(found=(Related("c-9", NUMBER, "quoted"),), letter_group=LetterGroup("l", 9, "c-9", NUMBER, NOW))
    again = Proposing(RULES, NOW).proposed(sought(stale, RULES))
    assert (again.found, again.letter_group) == ((), None)
