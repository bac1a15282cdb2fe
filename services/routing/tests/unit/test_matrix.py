# SPDX-License-Identifier: Apache-2.0
"""CNF-07: who gets a case under the sample matrix; CNF-03, CNF-09, SQR-03, SQR-05."""

from typing import Any

import pytest
from routing_story import FIRE, filed, policy, tutela

from routing.domain.case import Case
from routing.domain.matrix.facts import facts_of_case
from routing.domain.matrix.matrix import Assignment
from routing.domain.urgent import weighed
from ventanilla_contracts.intake import RegulatorRequest


def assigned(text: str, **fields: Any) -> Assignment:
    event = filed(text, **fields)
    case = Case.filed("case-1", event)
    about = weighed(policy(), case, policy().classifier.classify(event))
    return policy().matrix.assign(facts_of_case(case.model_copy(update={"classification": about})))


@pytest.mark.parametrize(
    ("text", "fields", "area", "responder", "rule"),
    [
        ("Reclamo: no me pagaron la cuota monetaria", {}, "subsidios", "marcela-duque", "by-area"),
        ("Queja por la cita médica", {}, "salud", "diana-castano", "by-area"),
        ("Felicito a la piscina", {}, "recreacion", "camila-restrepo", "compliments"),
        ("Buenos días", {}, "atencion-al-cliente", "catalina-ospina", "petitions-to-the-area"),
        ("Quiero un crédito", {}, "credito", "sebastian-giraldo", "petitions-to-the-area"),
        ("Mi abogado pide copias", {"kind_stated": "petition"}, "secretaria-general", "alba-montoya", None),
        (
            "Reclamo por el subsidio familiar",
            {"service_point": "punto-norte"},
            "subsidios",
            "julian-rojas",
            "subsidies-north",
        ),
    ],
)
def test_each_case_finds_its_responder(
    text: str, fields: dict[str, Any], area: str, responder: str, rule: str | None
) -> None:
    found = assigned(text, **fields)
    assert (found.area, found.responder.id) == (area, responder)
    assert found.rule == (rule or "petitions-with-legal-support")
    assert found.matrix_version == "2026-1"


def test_a_regulator_request_goes_to_the_area_with_a_copy_to_the_customer_care_assistant() -> None:
    request = RegulatorRequest(authority="SSF", reference="1")
    found = assigned("Informe sobre el subsidio de vivienda", channel="regulator", regulator=request)
    assert (found.area, [one.id for one in found.copies]) == ("vivienda", ["catalina-ospina"])


def test_an_emergency_reaches_deputy_and_head_at_once() -> None:
    found = assigned("Incendio en el centro recreacional", emergency=FIRE)
    assert (found.area, found.responder.id, found.rule) == ("seguridad-y-ambiente", "elena-cardona", "emergencies")
    assert [one.id for one in found.copies] == ["gustavo-parra", "catalina-ospina"]  # deputy and head are one person


def test_a_tutela_reaches_the_legal_team_and_its_head_at_once_whatever_it_is_about() -> None:
    for text, emergency in (("Mi abogado pide la cirugía", None), ("Hay riesgo de muerte", FIRE)):
        found = assigned(text, tutela=tutela("2026-03-04 10:15"), emergency=emergency)
        assert (found.area, found.responder.id) == ("juridica", "valentina-uribe")
        assert "ernesto-gaviria" in [one.id for one in found.copies]


def test_nobody_gets_a_copy_of_their_own_case() -> None:
    request = RegulatorRequest(authority="SSF", reference="1")
    found = assigned("Informe de atención", channel="regulator", regulator=request)
    assert (found.responder.id, found.copies) == ("catalina-ospina", ())


def test_customer_care_has_what_no_rule_sends_elsewhere() -> None:
    matrix = policy().matrix
    bare = type(matrix)(
        matrix.file.model_copy(update={"rules": ()}), matrix.house, {"atencion-al-cliente": "Atención al cliente"}
    )
    found = bare.assign({"area": "salud"})
    assert (found.area, found.responder.id, found.rule) == (
        "atencion-al-cliente",
        "catalina-ospina",
        "else-customer-care",
    )
