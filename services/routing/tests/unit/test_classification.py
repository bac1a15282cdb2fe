# SPDX-License-Identifier: Apache-2.0
"""CNF-06: what the sample organisation's rules make of real sentences, and how rules decide among each other."""

from typing import Any

import pytest
from routing_story import filed, policy

from routing.domain.classifying.classification import Classification, Classifier
from routing.domain.classifying.file import ClassificationFile
from routing.organisation.policy_files import read_classification
from ventanilla_contracts.intake import RegulatorRequest

SSF = RegulatorRequest(authority="SSF", reference="2-2026-004518")


def classified(text: str, **fields: Any) -> Classification:
    return policy().classifier.classify(filed(text, **fields))


@pytest.mark.parametrize(
    ("text", "kind", "area", "term"),
    [
        ("No me pagaron la cuota monetaria de mis dos hijos", "claim", "subsidios", "general"),
        ("Quiero saber si califico para el subsidio de vivienda", "petition", "vivienda", "general"),
        ("Me cobraron dos veces la reserva de la cabaña", "claim", "recreacion", "general"),
        ("Pésima atención de la asesora del punto norte", "complaint", "atencion-al-cliente", "general"),
        ("Sería bueno que la piscina abriera los lunes", "suggestion", "recreacion", "general"),
        ("Felicito a la señorita de la biblioteca", "compliment", "educacion", "general"),
        ("Necesito el certificado de afiliación para el colegio", "request", "subsidios", "documents"),
        ("La cita médica se demoró tres meses, estoy inconforme", "complaint", "salud", "general"),
        ("Solicito paz y salvo de mi crédito", "request", "credito", "documents"),
        ("Elevo consulta sobre la base de liquidación de aportes", "petition", "atencion-al-cliente", "consultation"),
        ("Solicito eliminar mis datos de sus listas", "claim", "atencion-al-cliente", "habeas-claim"),
        ("Se notifica fallo de tutela del juzgado tercero", "petition", "juridica", "general"),
        ("Buenos días", "petition", "atencion-al-cliente", "general"),
        ("", "petition", "atencion-al-cliente", "general"),
    ],
)
def test_sentences_find_their_kind_area_and_term(text: str, kind: str, area: str, term: str) -> None:
    found = classified(text)
    assert (found.kind, found.area, found.term) == (kind, area, term)


def test_the_rules_that_decided_are_named() -> None:
    found = classified("No me pagaron la cuota monetaria")
    assert found.rules == ("words-claim", "words-monetary-subsidy", "words-timeliness")
    assert (found.area_name, found.attribute) == ("Subsidios", "timeliness")
    assert found.regulator_category == "subsidio-cuota-monetaria"


def test_what_the_person_stated_comes_before_the_words() -> None:
    found = classified("No me pagaron la cuota monetaria", kind_stated="petition", area_stated="Crédito")
    assert (found.kind, found.area, found.regulator_category) == ("petition", "credito", "credito-social")
    assert found.rules[:2] == ("kind-stated", "area-stated")


@pytest.mark.parametrize("stated", ["recreacion", "Recreación", "RECREACIÓN Y TURISMO", "deportes"])
def test_an_area_is_stated_by_id_name_or_another_name(stated: str) -> None:
    assert classified("Buenos días", area_stated=stated).area == "recreacion"


def test_an_area_that_nobody_knows_leaves_it_to_the_words() -> None:
    assert classified("mi cita médica", area_stated="Planta de aguas").area == "salud"


def test_a_claim_that_mentions_a_certificate_does_not_get_the_term_of_a_request() -> None:
    assert classified("Reclamo: perdieron el certificado que llevé").term == "general"


def test_a_stated_request_has_the_term_of_documents_and_information() -> None:
    assert classified("Dónde queda la sede de Chipre", kind_stated="request").term == "documents"


def test_what_the_regulator_sends_is_a_petition_unless_stated() -> None:
    found = classified("Informe sobre el subsidio de vivienda del señor X", channel="regulator", regulator=SSF)
    assert (found.kind, found.area) == ("petition", "vivienda")
    assert "channel-regulator" in found.rules


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("Hay una fuga de gas en el centro recreacional", "normal"),  # intake marks emergencies
        ("Mi mamá es adulto mayor y no la atienden", "high"),
        ("Quiero inscribirme en un curso", "normal"),
    ],
)
def test_the_place_in_the_queue_follows_from_the_words(text: str, priority: str) -> None:
    assert classified(text).priority == priority


def test_legal_support_is_seen_in_the_words() -> None:
    assert classified("Mi abogado pide la indemnización").legal_support
    assert not classified("Pido información").legal_support


def own_rules(*rules: dict[str, Any]) -> Classifier:
    sample = read_classification().model_dump(by_alias=True, exclude_none=True)
    return Classifier(ClassificationFile.model_validate({**sample, "rules": rules}))


def test_the_first_rule_that_speaks_about_a_dimension_decides_it() -> None:
    classifier = own_rules(
        {"id": "a", "if": {"words": ["hola"]}, "then": {"area": "salud"}},
        {"id": "b", "if": {"channel": ["email"]}, "then": {"area": "salud", "priority": "high"}},
        {"id": "c", "then": {"priority": "emergency"}},
    )
    found = classifier.classify(filed("hola"))
    assert (found.area, found.priority, found.rules) == ("salud", "high", ("a", "b"))


def test_a_rule_about_another_area_is_passed_over_as_a_whole() -> None:
    classifier = own_rules(
        {"id": "a", "if": {"words": ["hola"]}, "then": {"area": "salud"}},
        {"id": "b", "then": {"area": "vivienda", "regulator_category": "subsidio-vivienda"}},
    )
    found = classifier.classify(filed("hola"))
    assert (found.area, found.regulator_category, found.rules) == ("salud", "salud", ("a",))


@pytest.mark.parametrize(
    ("condition", "fields", "holds"),
    [
        ({"channel": ["web", "chat"]}, {"channel": "chat"}, True),
        ({"channel": ["web"]}, {"channel": "chat"}, False),
        ({"kind_stated": ["claim"]}, {"kind_stated": "claim"}, True),
        ({"kind_stated": ["claim"]}, {}, False),
        ({"area_stated": ["salud"]}, {"area_stated": "Salud"}, True),
        ({"authority": ["SSF"]}, {"regulator": SSF}, True),
        ({"authority": ["SFC"]}, {"regulator": SSF}, False),
        ({"service_point": ["punto-norte"]}, {"service_point": "punto-norte"}, True),
        ({"channel": ["web"], "words": ["hola"]}, {"channel": "web"}, False),
    ],
)
def test_all_conditions_of_a_rule_must_hold(condition: dict[str, Any], fields: dict[str, Any], holds: bool) -> None:
    classifier = own_rules({"id": "a", "if": condition, "then": {"priority": "high"}})
    assert (classifier.classify(filed("Buenos días", **fields)).priority == "high") is holds
