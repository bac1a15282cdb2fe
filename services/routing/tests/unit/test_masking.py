# SPDX-License-Identifier: Apache-2.0
"""What is taken out of a text before it serves another case: what is known of its person, and the forms of Colombia."""

import re
import string
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.domain.earlier.masking import Known, masked, without_placeholders

ANA = Known(
    name="Ana Lucía Ríos de la Peña",
    document="30312456",
    email="ana.rios@correo.example",
    phone="+573001234567",
    address="Calle 12 # 3-45, Manizales",
    case_number="CAJA-2026-000123-4",
    numbers=("FV-9981", "L2025/11"),
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Señora Ana Lucía: se consignó.", "Señora [nombre]: se consignó."),
        ("soy ANA LUCIA RIOS y escribo", "soy [nombre] y escribo"),
        ("ana lucia rios escribe", "[nombre] escribe"),
        ("Ana escribió ayer", "[nombre] escribió ayer"),
        ("Ríos de la Peña, Ana", "[nombre]"),
        ("por los ríos crecidos", "por los ríos crecidos"),
        ("La banana anaranjada", "La banana anaranjada"),
        ("mi correo ANA.RIOS@correo.example", "mi correo [correo]"),
        ("tel 3001234567", "tel [teléfono]"),
        ("30312456", "[documento]"),
        ("30.312.456 y 30 312 456", "[documento] y [documento]"),
        ("vive en la Calle 12 No. 3-45 de Manizales", "vive en la [dirección] de Manizales"),
        ("vive en calle 12 # 3 - 45, manizales.", "vive en [dirección]."),
        ("caso CAJA 2026 000123 4", "caso [radicado]"),
        ("factura FV 9981 lote L2025-11", "factura [número] lote [número]"),
    ],
)
def test_what_is_known_of_the_person_goes_however_it_is_written(text: str, left: str) -> None:
    assert masked(text, ANA) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("C.C. 1.053.812.345 de Manizales", "C.C. [documento] de Manizales"),
        ("cc 1053812345", "cc [documento]"),
        ("CC No. 30.312.456", "CC No. [documento]"),
        ("Cédula de ciudadanía número 30'312.456", "Cédula de ciudadanía número [documento]"),
        ("mi cedula es la 1053812345", "mi cedula es la [documento]"),
        ("identificada con T.I. 1002345678", "identificada con T.I. [documento]"),
        ("C.E. 345678 y PPT 1234567", "C.E. [documento] y PPT [documento]"),
        ("pasaporte AV123456", "pasaporte [documento]"),
        ("NIT 900.123.456-7", "NIT [documento]"),
        ("la empresa 900.123.456-7", "la empresa [documento]"),
        ("la empresa 900123456-7", "la empresa [documento]"),
        ("celular 300 123 4567", "celular [teléfono]"),
        ("llame al 310-555-12-34", "llame al [teléfono]"),
        ("+57 (300) 123-4567", "[teléfono]"),
        ("573001234567", "[teléfono]"),
        ("fijo 6068912345", "fijo [teléfono]"),
        ("(606) 891 23 45", "[teléfono]"),
        ("Tel. 891 2345", "Tel. [teléfono]"),
        ("escriba a p.gil+caja@sub.correo.example.", "escriba a [correo]."),
        ("en redes soy @pedro_gil88", "en redes soy [correo]"),
        ("Cra 23 # 45-67 apto 302, Chipre", "[dirección], Chipre"),
        ("CARRERA 23 No 45 - 67", "[dirección]"),
        ("Cl. 5a Norte #12-34 Torre 2 Apto 501", "[dirección]"),
        ("Av. 19 # 100-12", "[dirección]"),
        ("Diagonal 45 bis 12 - 30 sur", "[dirección]"),
        ("Transversal 3B No. 5-6", "[dirección]"),
        ("manzana 5 casa 12, La Enea", "[dirección], La Enea"),
        ("cuenta de ahorros 0550-4477-1122", "cuenta de ahorros [número]"),
        ("cuenta 123-456789-01", "cuenta [número]"),
        ("radicado 2026030212345", "radicado [número]"),
        ("caso CEJ-2026-000412-2", "caso [radicado]"),
        ("expediente 17001310500120260012300", "expediente [número]"),
        ("nací el 12/03/1980", "nací el [fecha]"),
        ("fecha de nacimiento: 3 de marzo de 1980", "fecha de nacimiento: [fecha]"),
        ("Señor Pedro Gil Henao, reciba", "Señor [nombre], reciba"),
        ("Señor(a) PEDRO GIL:", "Señor(a) [nombre]:"),
        ("Sra. Marta, buenos días", "Sra. [nombre], buenos días"),
        ("Estimada doctora Luz Marina:", "Estimada doctora [nombre]:"),
        ("Respetado señor Gil", "Respetado señor [nombre]"),
        ("don José y doña Rosa María", "don [nombre] y doña [nombre]"),
        ("mi hija María José no recibió", "mi hija [nombre] no recibió"),
        ("su esposo, Juan de la Cruz Mejía", "su esposo, [nombre]"),
        ("Mi nombre es Yuliana Córdoba y vivo", "Mi nombre es [nombre] y vivo"),
        ("me llamo pedro pérez y no recibí", "me llamo [nombre] y no recibí"),
        ("a nombre de Pedro Gil", "a nombre de [nombre]"),
        ("Gracias.\nAtentamente,\nPedro Gil\n", "Gracias.\nAtentamente,\n[nombre]\n"),
    ],
)
def test_the_forms_of_colombia_go_from_any_text(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Ley 1755 de 2015, artículo 14: quince (15) días hábiles.",
        "La cuota de febrero de 2026 fue de $ 48.300 y la de marzo de $52.000.",
        "Se reintegraron 1.250.000 pesos el 2026-03-24.",
        "El 24/03/2026 a las 10:30 a.m. en la sede de la calle principal.",
        "Resolución 0312 de 2025; formulario F-182, versión 3.",
        "Los señores usuarios deben traer el certificado.",
        "El subsidio familiar de vivienda es hasta de 30 SMLMV.",
        "Llame a la línea 123 o marque 0 1 2.",
    ],
)
def test_laws_amounts_and_dates_stay(text: str) -> None:
    assert masked(text, ANA) == text


def test_what_it_cannot_know_stays_and_is_said_to_stay() -> None:
    """The module's docstring and docs/routing.md say so; whoever takes an answer reads it."""
    assert (
        masked("pedro gil, el único notario de aquel pueblo, pagó")
        == "pedro gil, el único notario de aquel pueblo, pagó"
    )


WORDS = st.lists(
    st.sampled_from(["Señora", "la", "cuota", "CC", "Calle", "se", "pagó", ":", ",", "\n", "#", "-"]), max_size=8
)
LETTERS = st.text(string.ascii_lowercase + "áéíóúñ", min_size=3, max_size=9).map(str.capitalize)
PEOPLE = st.builds(
    Known,
    name=st.lists(LETTERS, min_size=2, max_size=4).map(" ".join),
    document=st.integers(10**6, 10**10).map(str),
    email=st.from_regex(r"[a-z]{2,8}\.[a-z]{2,8}@[a-z]{3,8}\.example", fullmatch=True),
    phone=st.integers(3 * 10**9, 4 * 10**9 - 1).map(lambda n: f"+57{n}"),
    case_number=st.integers(0, 999_999).map(lambda n: f"CAJA-2026-{n:06d}-3"),
)


@given(PEOPLE, WORDS, WORDS, st.data())
def test_nothing_known_of_the_person_is_left_wherever_it_stands(
    who: Known, before: list[str], behind: list[str], data: st.DataObject
) -> None:
    known = [who.name, who.document, who.email, who.phone, who.case_number]
    told = data.draw(st.lists(st.sampled_from([one for one in known if one]), min_size=1, max_size=3))
    ways: list[Callable[[str], str]] = [str, str.upper, str.lower, _without_accents]
    way = data.draw(st.sampled_from(ways))
    text = " ".join([*before, *(way(one) for one in told), *behind])
    left = _plain(masked(text, who))
    for value in told:
        assert _plain(value) not in left


@given(st.text(max_size=300), PEOPLE)
@example("Calle 1 # 2-3 4-5", ANA)
@example("Señora señor Señora Ana Ana", ANA)
@example("cc [documento] 123456", ANA)
@example("[número] [número] 1234567", ANA)
def test_masking_again_changes_nothing(text: str, who: Known) -> None:
    once = masked(text, who)
    assert masked(once, who) == once


@given(st.text("1234567890.-, ", max_size=60))
def test_no_run_of_six_digits_is_left(text: str) -> None:
    for run in re.findall(r"\d+", masked(text)):
        assert len(run) < 6


@pytest.mark.parametrize("piece", ["a", "1 ", "A ", "señor ", "Ana de ", "CC ", "@a.", "1.1-", "Calle 1 ", "[nombre] "])
def test_a_text_that_was_made_to_be_slow_is_not(piece: str) -> None:
    """40,000 characters, the longest there are: what grows with their square would take minutes."""
    masked((piece * 40_000)[:40_000], ANA)


def test_placeholders_are_not_looked_for() -> None:
    assert without_placeholders("Señora [nombre], cuenta [número]").split() == ["Señora", ",", "cuenta"]


def _without_accents(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9@]", "", _without_accents(text).lower())
