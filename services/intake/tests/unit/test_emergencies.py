# SPDX-License-Identifier: Apache-2.0
"""SQR-03: a danger is known by how people in Colombia write of it, and what is none is not taken for one."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from intake.domain.emergencies import MOST_WORDS, Emergencies, EmergencyFile
from intake.filing.emergencies import load_emergencies

OURS = load_emergencies()


def matter(*texts: str) -> str | None:
    found = OURS.found_in(*texts)
    return found.matter if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Huele a gas en el apartamento 302 y nadie viene", "safety"),
        ("HAY UNA FUGA DE GAS!!! POR FAVOR", "safety"),
        ("hay fuga\nde gas en la cocina del hotel", "safety"),
        ("Se está incendiando la bodega de la sede norte", "safety"),
        ("Hay un conato de incendio en la cocina", "safety"),
        ("Hay cables pelados al lado de los columpios donde juegan los niños", "safety"),
        ("Se cayó el techo del salón", "safety"),
        ("Es una emergencia, llámenme", "safety"),
        ("Mi mamá no puede respirar", "life"),
        ("mi mama no respira", "life"),
        ("Está en riesgo la vida de mi hijo", "life"),
        ("La vida de mi bebé corre peligro: peligra la vida de ella", "life"),
        ("Un niño se está ahogando en la piscina", "life"),
        ("Necesito una ambulancia ya", "life"),
        ("Hay dos señoras atrapadas en el ascensor", "life"),
        ("Ya no aguanto más, me quiero morir", "life"),
        ("Recibí amenazas de muerte del instructor", "life"),
        ("Varios niños se intoxicaron con el almuerzo", "health"),
        ("Nos dieron alimentos en mal estado en el restaurante", "health"),
        ("Le aplicaron una vacuna vencida a mi hija", "health"),
        ("Están vertiendo residuos a la quebrada, hay peces muertos", "environment"),
        ("Hubo un derrame de ACPM en el parqueadero", "environment"),
        ("El hotel está contaminando la quebrada", "environment"),
        ("Hay fuga de gas y una señora no respira", "life"),
        ("No han arreglado la fuga de gas que reporté el lunes", "safety"),
        ("No hay quien atienda la fuga de gas", "safety"),
        ("No es la primera fuga de gas del edificio", "safety"),
        ("No arreglan ni la fuga de gas", "safety"),
        ("No, hay una fuga de gas", "safety"),
        ("Sí hay fuga de gas", "safety"),
        ("Los bomberos no descartan un incendio", "safety"),
        ("No se descarta una explosión", "safety"),
        ("No pudieron evitar el incendio", "safety"),
        ("Sin respuesta. Incendio en la sede", "safety"),
        ("Compré el seguro contra incendio. Ahora hay un incendio en mi casa", "safety"),
    ],
)
def test_a_danger_is_known_however_it_is_written(text: str, expected: str) -> None:
    assert matter(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No me llegó la cuota monetaria de febrero.",
        "Por favor confirmen que no hay fuga de gas",
        "No hay incendio ni fuga de gas en la sede",
        "Aclaro que no es una emergencia",
        "Ya no hay riesgo de incendio",
        "No huele a gas",
        "Se descartó una fuga de gas",
        "¿Qué hacer en caso de incendio?",
        "Quisiera información sobre el seguro contra incendio y terremoto",
        "¿Cuándo es el simulacro de incendio?",
        "Solicito el subsidio de emergencia económica",
        "El auxilio de emergencia no me ha llegado",
        "Actualizo mi contacto de emergencia",
        "La salida de emergencia está bien señalizada",
        "Felicito a la brigada de emergencias",
        "Quiero el curso de manejo de residuos peligrosos",
        "El reclamo es urgente, respondan ya",
        "El fuego de la chimenea del hotel es hermoso",
        "La explotación del hotel es buena",
        "El médico me dio cita para mi vida laboral",
    ],
)
def test_what_is_none_is_not_taken_for_one(text: str) -> None:
    assert OURS.found_in(text) is None


@pytest.mark.parametrize("text", ["Mi celular explotó de mensajes", "¿Cuánto vale la atención de emergencia?"])
def test_in_doubt_it_is_one_and_a_person_takes_the_mark_away(text: str) -> None:
    assert OURS.found_in(text) is not None


def test_the_words_that_decided_are_told_with_the_version_of_the_rules() -> None:
    found = OURS.found_in("Fuga de gas", "Una señora no respira, y huele a gas")
    assert found is not None
    assert found.words == ("no respira", "fuga de gas", "huele a gas")
    assert (found.by, found.rules) == ("rules", OURS.version)


def test_no_more_words_are_told_than_an_event_needs() -> None:
    many = [f"peligro {n}" for n in range(MOST_WORDS + 5)]
    found = Emergencies(_file(rules=[{"matter": "safety", "words": many}])).found_in(". ".join(many))
    assert found is not None
    assert len(found.words) == MOST_WORDS


def _file(**own: object) -> EmergencyFile:
    plain = {"version": "1", "rules": [{"matter": "safety", "words": ["Fuga de gas", "incendi*"]}]}
    return EmergencyFile.model_validate({**plain, **own})


@pytest.mark.parametrize("words", [["fuga, gas"], ["inc*"], ["*"], [""], []])
def test_a_file_with_words_that_could_not_be_found_is_refused(words: list[str]) -> None:
    with pytest.raises(ValidationError):
        _file(rules=[{"matter": "safety", "words": words}])


def test_words_that_stand_twice_are_told_with_their_line_and_their_cure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "emergencies.yaml"
    path.write_text("version: '1'\nrules:\n- matter: safety\n  words:\n  - fuga de gas\n  - Fuga de  GAS\n", "utf-8")
    with pytest.raises(SystemExit):
        load_emergencies(path)
    told = capsys.readouterr().err
    assert told == "emergencies.yaml:6: rules[0].words[1]: fuga de gas stands twice; keep it under one matter\n"


def test_an_organisation_has_words_of_its_own() -> None:
    own = Emergencies(_file())
    assert own.found_in("un incendio") is not None
    assert own.found_in("no hay incendio") is not None  # its file has no denials
    assert own.found_in("se ahoga") is None


@settings(max_examples=40)
@given(st.text(max_size=200), st.sampled_from(["fuga de gas", "Incendio", "no respira", "Intoxicación"]))
def test_no_text_before_hides_a_danger_in_a_sentence_of_its_own(before: str, danger: str) -> None:
    assert OURS.found_in(f"{before}.\n\n{danger}.") is not None


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_capitals_and_accents_change_nothing(text: str) -> None:
    plain = re.sub("[A-ZÁÉÍÓÚ]", lambda one: one[0].lower(), text)
    assert OURS.found_in(text) == OURS.found_in(plain)


@pytest.mark.parametrize("piece", ["no hay ", "incendio ", "fuga de ", "se esta ", "a", ".", "no hay una de la ni "])
def test_the_longest_text_is_read_in_a_moment(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    began = time.process_time()
    OURS.found_in(text)
    assert time.process_time() - began < 2.0
