# SPDX-License-Identifier: Apache-2.0
"""What the house says, in the platform's codes, and back (domain-colombia.md §4.5 to 4.7)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulator_stub import Platform

from chassis.i18n import catalogue
from intake.domain.regulator.codes import Codes, Incomplete, LeftOut
from intake.domain.regulator.complaint import PlatformComplaint, platform_complaint
from intake.domain.regulator.file import Fraud
from intake.domain.regulator.told import ComplaintTold, ProgressTold, inquiry_name, own_digits, shortened
from intake.persons.municipalities import municipalities
from intake.regulator.codes import load_own_codes, smartsupervision_codes
from intake.regulator.documents import Documents
from intake.regulator.pulling import WORDS
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.intake import Person
from ventanilla_contracts.vocabulary import Channel, Favour

BOGOTA = ZoneInfo("America/Bogota")
OWN = Path(__file__).parents[1] / "regulator_codes.yaml"
NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
ANA = Person(name="Ana Ríos", document_type="CC", document_number="24345678")
TEXTS = catalogue("intake")
ENTITY = "version: '1'\nentity: {type: 1, code: '1'}\nmunicipality: '05001'\n"


@pytest.fixture
def codes() -> Codes:
    return Codes(smartsupervision_codes(), load_own_codes(OWN), BOGOTA)


def told(**own: Any) -> ComplaintTold:
    values: dict[str, Any] = {
        "digits": "2026000001",
        "received_at": NOW,
        "person": ANA,
        "municipality": "05001",
        "channel": "web",
        "area": "credito",
        "category": "credito-social",
        "text": "No me han respondido.",
        "has_files": False,
    }
    return ComplaintTold(**(values | own))


def progress(**own: Any) -> ProgressTold:
    values: dict[str, Any] = {
        "code": "14232026000001",
        "phase": "in-progress",
        "at": NOW,
        "answered_at": None,
        "favour": None,
        "channel": "web",
        "area": "credito",
        "category": "credito-social",
        "has_files": False,
    }
    return ProgressTold(**(values | own))


def test_a_complaint_of_ours_has_what_the_platform_asks_for(codes: Codes) -> None:
    assert codes.complaint(told()) == {
        "tipo_entidad": 1,
        "entidad_cod": "423",
        "codigo_queja": "14232026000001",
        "codigo_pais": "170",
        "departamento_cod": "05",
        "municipio_cod": "05001",
        "canal_cod": 13,
        "producto_cod": 103,
        "macro_motivo_cod": 930,
        "fecha_creacion": "2026-03-02T08:00:00",
        "nombres": "Ana Ríos",
        "tipo_id_CF": 1,
        "numero_id_CF": "24345678",
        "tipo_persona": 1,
        "insta_recepcion": 2,
        "punto_recepcion": 1,
        "admision": 9,
        "ente_control": 99,
        "texto_queja": "No me han respondido.",
        "anexo_queja": False,
    }


@pytest.mark.parametrize(
    ("own", "field", "value"),
    [
        ({"channel": "phone"}, "canal_cod", 5),
        ({"municipality": None}, "municipio_cod", "05001"),
        ({"municipality": "11001"}, "departamento_cod", "11"),
        ({"text": "x" * 1200}, "texto_queja", "x" * 1000),
        ({"person": ANA.model_copy(update={"name": "N" * 60})}, "nombres", "N" * 50),
        ({"person": Person(name="Ríos S.A.", document_type="NIT", document_number="800191045")}, "tipo_persona", 2),
        ({"area": "vivienda", "category": "subsidio-vivienda"}, "producto_cod", 127),
    ],
)
def test_what_varies(codes: Codes, own: dict[str, Any], field: str, value: object) -> None:
    body = codes.complaint(told(**own))
    assert isinstance(body, dict)
    assert body[field] == value


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"category": "recreacion"}, LeftOut()),
        ({"category": "subsidio-vivienda", "area": "subsidios"}, LeftOut()),
        ({"person": Person(name="Ana")}, Incomplete(("intake:document-missing",))),
        ({"person": Person()}, Incomplete(("intake:name-missing", "intake:document-missing"))),
        (
            {"person": Person(name="Ana", document_type="RC", document_number="12345678")},
            Incomplete(("intake:document-type-unknown",)),
        ),
        ({"digits": "9" * 27}, Incomplete(("intake:code-too-long",))),
    ],
)
def test_what_cannot_be_told_is_known_before_it_is_sent(codes: Codes, own: dict[str, Any], expected: object) -> None:
    assert codes.complaint(told(**own)) == expected


def test_each_of_our_reasons_has_words_in_both_languages(codes: Codes) -> None:
    reasons = ["name-missing", "document-missing", "document-type-unknown", "document-too-long", "code-too-long"]
    for reason in [
        *reasons,
        "inquiry-missing",
        "inquiry-too-large",
        "not-supervised",
        "answer-missing",
        "unknown-there",
    ]:
        for locale in ("es", "en"):
            assert TEXTS.t(f"regulator.why.{reason}", locale)


def test_an_extension_is_counted_and_its_field_keeps_its_place(codes: Codes) -> None:
    plain, extended = codes.progress(progress()), codes.progress(progress(extended=True))
    assert not isinstance(plain, LeftOut)
    assert not isinstance(extended, LeftOut)
    assert (plain["prorroga_queja"], extended["prorroga_queja"]) == (None, 1)
    assert list(plain) == list(extended)


def test_a_closing_says_when_and_in_whose_favour(codes: Codes) -> None:
    body = codes.progress(progress(phase="answered", answered_at=NOW, favour="partly", has_files=True))
    assert isinstance(body, dict)
    assert {name: body[name] for name in ("estado_cod", "a_favor_de", "documentacion_rta_final", "anexo_queja")} == {
        "estado_cod": 4,
        "a_favor_de": 2,
        "documentacion_rta_final": True,
        "anexo_queja": True,
    }
    assert body["fecha_cierre"] == body["fecha_actualizacion"] == "2026-03-02T08:00:00"
    going = codes.progress(progress())
    assert isinstance(going, dict)
    assert (going["estado_cod"], going["fecha_cierre"], going["a_favor_de"]) == (2, None, None)
    assert going["producto_digital"] == 1  # the organisation's own


def test_a_fraud_and_a_duplicate_are_told_in_codes(codes: Codes) -> None:
    inquiry = FileRef(sha256="0c" * 32, name="informe.pdf", type="application/pdf", size=10)
    fraud = Fraud(kind="external", modality=3, claimed=1_500_000, recognised=0, inquiry=inquiry)
    names = ("tipo_fraude", "modalidad_fraude", "monto_reclamado", "monto_reconocido", "marcacion")
    closing = {"phase": "answered", "answered_at": NOW, "favour": "person", "has_files": True}
    told_of = codes.progress(progress(**closing, fraud=fraud, duplicate=True))
    plain = codes.progress(progress(**closing))
    assert isinstance(told_of, dict)
    assert isinstance(plain, dict)
    assert [told_of[name] for name in names] == [2, 3, 1_500_000, 0, 7]
    assert [plain[name] for name in names] == [None] * 5
    assert inquiry_name("14239", "informe final.PDF") == "14239_INV_FRAUDE_SFC.PDF"


def test_the_platform_hears_of_its_own_complaint_what_it_said(codes: Codes) -> None:
    said = {"producto_cod": 5, "macro_motivo_cod": 201, "sexo": 2, "canal_cod": 14, "replica": 1, "tutela": 1}
    body = codes.progress(progress(said=said, category=None, area=None))
    assert isinstance(body, dict)
    assert {name: body[name] for name in said if name != "replica"} == {k: v for k, v in said.items() if k != "replica"}
    assert "replica" not in body


def test_every_channel_and_every_favour_has_a_code(codes: Codes) -> None:
    assert set(codes.platform.channels) == set(get_args(Channel))
    assert set(codes.platform.favours) == set(get_args(Favour))
    assert set(codes.platform.channels.values()) <= set(codes.platform.catalogues["canal_cod"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: '1'", "codes.yaml:1: entity: Field required; add it"),
        ("version: '1'\nentity: {type: 1, code: abc}", "codes.yaml:2: entity.code: "),
        (f"{ENTITY}matters: [{{product: 1, motive: 1}}]", "a matter names an area, a category or both; name one"),
        ("a: [", "codes.yaml:2: is not YAML ("),
    ],
)
def test_a_wrong_file_stops_the_start_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    path = tmp_path / "codes.yaml"
    path.write_text(text)
    with pytest.raises(SystemExit):
        load_own_codes(path)
    told_ = capsys.readouterr().err
    assert says in told_


def test_digits_of_our_own_differ_as_numbers_do() -> None:
    assert own_digits("CAJA-2026-000001-7") == "2026000001"


@given(st.text(max_size=400).map(lambda name: name.replace("\n", " ")))
def test_a_name_of_a_file_fits_and_keeps_its_kind(name: str) -> None:
    cut = shortened(name + ".pdf")
    assert len(cut) <= 150
    assert cut.endswith(".pdf")


def read(**own: Any) -> PlatformComplaint:
    item = Platform().complain("14239", **own).fields
    words = {name: TEXTS.t(f"regulator.said.{name}") for name in WORDS}
    return platform_complaint(item, "SFC", smartsupervision_codes(), municipalities(), words, BOGOTA)


def test_a_complaint_of_the_platform_is_a_form() -> None:
    found = read()
    assert found.form.person == Person(
        name="Ana Ríos",
        document_type="CC",
        document_number="24345678",
        email="ana@correo.example",
        phone="+573001234567",
    )
    assert (found.form.text, found.form.municipality) == ("No me han respondido.", "05001")
    assert found.form.regulator is not None
    assert (found.form.regulator.authority, found.form.regulator.reference) == ("SFC", "14239")
    assert found.form.received_at == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    assert (found.code, found.has_files, found.said["producto_cod"]) == ("14239", False, 103)


@pytest.mark.parametrize(
    ("own", "in_text"),
    [
        ({"numero_id_CF": "ABC"}, "ABC"),
        ({"correo": "no es correo"}, "no es correo"),
        ({"telefono": "123"}, "123"),
        ({"texto_queja": None}, "sin texto"),
        ({"texto_queja": "Cobro \ud83d doble"}, "Cobro ? doble"),
        ({"argumento_replica": "No estoy de acuerdo."}, "Réplica: No estoy de acuerdo."),
    ],
)
def test_nothing_that_it_says_is_lost(own: dict[str, Any], in_text: str) -> None:
    assert in_text in read(**own).form.text


def test_a_reply_is_another_submission_and_a_code_of_sex_is_not() -> None:
    assert read().content_hash == read(sexo=2).content_hash
    assert read().content_hash != read(argumento_replica="No.", replica=1).content_hash


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=600), st.lists(st.text(), max_size=2))


@given(st.dictionaries(st.sampled_from([*Platform().complain("1").fields, "direccion", "razon_social"]), VALUES))
def test_whatever_the_platform_sends_becomes_a_form(item: dict[str, Any]) -> None:
    words = {name: TEXTS.t(f"regulator.said.{name}") for name in WORDS}
    found = platform_complaint(item, "SFC", smartsupervision_codes(), municipalities(), words, BOGOTA)
    assert found.form.text.strip()
    assert found.form.regulator is not None


def test_the_final_answer_is_a_document_that_is_the_same_each_time() -> None:
    documents = Documents(TEXTS, "Caja de ejemplo")
    text = "Señora Ana:\n\nSe abonó la cuota. #set text(red) *así* @ref $x$ \\"
    first = documents.final_answer("CAJA-2026-000001-7", "14239", text, NOW)
    assert first.startswith(b"%PDF-")
    assert first == documents.final_answer("CAJA-2026-000001-7", "14239", text, NOW)
