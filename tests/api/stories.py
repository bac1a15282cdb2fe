# SPDX-License-Identifier: Apache-2.0
"""What each service has heard before it is asked: the golden examples of contracts/, as far as they leave work open.

The examples of the OpenAPI documents speak of the same cases, so that each of them meets something.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
from tests.api.people import AS_EVERYBODY

from chassis.messages import Message
from chassis.records import StoredRecord
from chassis.testing import eventually
from chassis.testing.process import Log, Process, wire_without_broker
from intake.domain.regulator.acts import NoteDispatch
from routing.domain.earlier.questions import made
from routing.questions.store import QuestionStore
from ventanilla_contracts.envelope import Actor, StaffRef
from ventanilla_contracts.example import Example
from ventanilla_contracts.intake import DeliveryProposed, PersonalMessage
from ventanilla_contracts.registry import EVENTS
from ventanilla_contracts.routing import AnswerApproved, CaseAnswered, CaseAssigned, CaseClassified, PersonalAnswer

GOLDEN = Path(__file__).parents[2] / "contracts" / "examples"
ALL = frozenset(type_.rpartition(".v")[0] for type_ in EVENTS)
HEARD: Mapping[str, frozenset[str]] = {
    "intake": frozenset(),
    "routing": frozenset({"case-filed"}),
    "notifications": ALL,
    "satisfaction": ALL - {"case-closed"},
    "reporting": ALL,
}
"""By event; what a service leaves out must be the last of its topic about a case."""

NOW: Mapping[str, str] = {
    "intake": "2026-03-02T10:15:00-05:00",
    "routing": "2026-03-09T09:00:00-05:00",
    "notifications": "2026-04-10T09:00:00-05:00",
    "satisfaction": "2026-04-10T09:00:00-05:00",
    "reporting": "2026-04-10T09:00:00-05:00",
}
"""When the house of the tests stands: late enough that letters have expired and March's sample is drawn."""

ROUTING = Actor(id="routing", role="service")
MARCELA = StaffRef(id="marcela-duque", name="Marcela Duque", email="marcela.duque@caja.example")
LOST, LOST_TOO = "7c0e6a3e-5d7f-5f0e-8a64-0b7d5c1f2a33", "7c0e6a3e-5d7f-5f0e-8a64-0b7d5c1f2a34"
ASKED_OFTEN = {"question": "¿Cuándo pagan la cuota monetaria?", "answer": "El día 15.", "area": "subsidios"}
ASKED_AT = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)
REGULATORS_CASE = "CAJA-2026-000001-7"
MEMBERSHIP_CASE = "CAJA-2026-000007-6"


async def tell(name: str, process: Process, http: httpx.AsyncClient) -> None:
    """Let the service hear its story, and something that it cannot read; then what only its own doors can begin."""
    topics = [topic for kind in process.runtime.definition.aggregates for topic in kind.topics]
    told = [one for one in golden() if _topic(one) in topics and _type(one) in HEARD[name]]
    await process.take(Log().append_all([_message(one) for one in told]))
    lost = ("intake-cases", "message-appended.v1") if name == "routing" else ("routing-cases", "case-answered.v1")
    await process.take(unreadable(*lost))
    if begin := BEGINNINGS.get(name):
        await begin(process, http)


def golden() -> list[Example]:
    """All examples, in the order in which they happened."""
    found = [Example.model_validate_json(path.read_bytes()) for path in GOLDEN.rglob("*.json")]
    return sorted(found, key=lambda one: (one.envelope().time, one.envelope().seq or 0))


def unreadable(topic: str, type_: str) -> list[StoredRecord]:
    """What gets parked: the examples of `/v1/parked` name their places, one of them to be discarded."""
    places = ((LOST, 1044, 1_772_463_302_118), (LOST_TOO, 1045, 1_772_463_302_119))
    return [
        StoredRecord(topic, 3, offset, at, about.encode(), b"{", _headers(about, type_)) for about, offset, at in places
    ]


def _headers(about: str, type_: str) -> tuple[tuple[str, bytes], ...]:
    told = {"ce_specversion": "1.0", "ce_type": type_, "ce_source": "/routing", "ce_seq": "1"}
    own = {"ce_id": about, "ce_subject": about, "ce_time": "2026-03-02T15:15:00.000Z"}
    return tuple((name, text.encode()) for name, text in {**told, **own}.items())


async def _a_request_of_the_regulator(process: Process, http: httpx.AsyncClient) -> None:
    """Filed and answered by routing: its answer waits for the upload. Held mails; a form that quotes the case."""
    form = {"text": "Traslado por competencia.", "regulator": {"authority": "SSF", "reference": "SSF-2-2026-004518"}}
    filed = await http.post(
        "/v1/submissions/regulator", json=form, headers={**AS_EVERYBODY, "idempotency-key": "regulator"}
    )
    assert filed.json()["case_number"] == REGULATORS_CASE
    row = await process.runtime.database.collection("cases").find_one({"state.number": REGULATORS_CASE})
    assert row is not None
    assigned = CaseAssigned(
        actor=ROUTING,
        area="subsidios",
        area_name="Subsidios",
        responder=MARCELA,
        matrix_version="2026-1",
        rule="by-area",
    )
    words = PersonalAnswer(text="El pago se hizo el 6 de marzo; se adjunta el soporte.")
    approved = AnswerApproved(actor=ROUTING, answer_id="r-1", delivery="regulator", personal=words)
    wire = wire_without_broker()
    await process.take(Log().append_all([wire.message(row["_id"], one) for one in (assigned, approved)]))
    mail = {"content-type": "message/rfc822"}
    for held in (b"Cuota\n\nNo me pagaron.", b"Oferta\n\nCompre ya.", b"Aviso\n\nMensaje del contestador."):
        await http.post("/v1/submissions/email", content=b"Subject: " + held + b"\n", headers=mail)
    quoting = {"subject": f"Sobre el radicado {REGULATORS_CASE}", "text": "Adjunto el recibo que faltaba."}
    parts: dict[str, tuple[str | None, str | bytes, str]] = {
        "submission": (None, json.dumps(quoting), "application/json"),
        "files": ("recibo.pdf", b"%PDF-1.4 prueba", "application/pdf"),
    }
    await http.post("/v1/submissions/web", files=parts, headers={"idempotency-key": "quoting"})


async def _two_persons(process: Process, http: httpx.AsyncClient) -> None:
    """Who is known by two documents."""
    for kind in ("CC", "TI"):
        person = {"name": "Ana Prueba", "document_type": kind, "document_number": "1000000142", "phone": "3001234567"}
        call = {"text": f"Llama por la cuota, con {kind}.", "person": person}
        await http.post("/v1/submissions/phone", json=call, headers={**AS_EVERYBODY, "idempotency-key": kind})

    async def known() -> bool:
        found = await http.get("/v1/persons", params={"q": "1000000142"}, headers=AS_EVERYBODY)
        return len(found.json()["items"]) == 2

    await _while_it_runs(process, "persons", known)


async def _a_box(_: Process, http: httpx.AsyncClient) -> None:
    opening = {"box": "Entrada", "place": "Versalles", "opened_at": "2026-03-02T09:00:00-05:00", "counted": 3}
    await http.post("/v1/boxes/openings", json=opening, headers={**AS_EVERYBODY, "idempotency-key": "apertura"})


async def _what_was_said(process: Process, http: httpx.AsyncClient) -> None:
    await _a_request_of_the_regulator(process, http)
    await _two_persons(process, http)
    await _a_box(process, http)
    await _two_claims_for_the_regulator(process, http)
    await _a_membership_request(http)


async def _a_membership_request(http: httpx.AsyncClient) -> None:
    """With one of its documents."""
    identity = b"%PDF-1.4 cedula"
    document = {"requirement": "cedula", "sha256": hashlib.sha256(identity).hexdigest()}
    person = {"name": "Ana Prueba", "document_type": "CC", "document_number": "1000000150"}
    asks = {"kind": "pensionado", "documents": [document]}
    form = {"text": "Me quiero afiliar.", "person": person, "membership": asks}
    parts: dict[str, tuple[str | None, str | bytes, str]] = {
        "submission": (None, json.dumps(form), "application/json"),
        "files": ("cedula.pdf", identity, "application/pdf"),
    }
    told = await http.post("/v1/submissions/web", files=parts, headers={"idempotency-key": "membership"})
    assert told.json()["case_number"] == MEMBERSHIP_CASE, told.text


async def _two_claims_for_the_regulator(process: Process, http: httpx.AsyncClient) -> None:
    """One is answered and waits for who says in whose favour; the other was refused by the platform."""
    case_ids = []
    for what in ("answered", "refused"):
        claim = {"text": f"Me cobraron dos veces el crédito ({what}).", "person": {"name": "Ana Prueba"}}
        told = await http.post("/v1/submissions/web", json=claim, headers={"idempotency-key": f"claim-{what}"})
        row = await process.runtime.database.collection("cases").find_one({"state.number": told.json()["case_number"]})
        assert row is not None
        case_ids.append(row["_id"])
    about = {"area": "credito", "area_name": "Crédito", "attribute": "accuracy", "regulator_category": "credito-social"}
    how = {"kind": "claim", "term": "general", "priority": "normal", "by": "rules"}
    classified = CaseClassified.model_validate({"actor": ROUTING, **about, **how})
    words = PersonalAnswer(text="Se devolvió el cobro.", to="ana.prueba@correo.example")
    approved = AnswerApproved(actor=ROUTING, answer_id="c-1", delivery="email", personal=words)
    answered = CaseAnswered(
        actor=ROUTING,
        answer_id="c-1",
        answered_at=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
        delivery="email",
        due=date(2026, 3, 24),
        in_time=True,
    )
    wire, log = wire_without_broker(), Log()
    for case_id, events in zip(case_ids, ((classified, approved, answered), (classified,)), strict=True):
        await process.take(log.append_all([wire.message(case_id, one) for one in events]))
    refused = ("municipio_cod: El código del municipio no coincide.",)
    outcomes = (
        NoteDispatch("create", 1, "sent", code="14232026000005"),
        NoteDispatch("create", 1, "refused", refused),
    )
    for case_id, outcome in zip(case_ids, outcomes, strict=True):
        await process.ask(case_id, outcome)


async def _a_delivery(process: Process, http: httpx.AsyncClient) -> None:
    """A file that the case of the examples has, and what its responder sent by mail."""
    upload = {"file": ("comprobante.pdf", b"%PDF-1.4 prueba", "application/pdf")}
    kept = (await http.post("/v1/files", files=upload, headers=AS_EVERYBODY)).json()
    answer = {"text": "Se adjunta el comprobante.", "files": [kept]}
    path = "/v1/cases/CEJ-2026-000412-2/request-documents"
    asked = await http.post(path, json={"due": "2026-03-12", **answer}, headers=AS_EVERYBODY)
    assert asked.status_code == 200, asked.text
    [case] = [one.key for one in golden() if one.envelope().type == "case-filed.v1" and "000412" in str(one.value)]
    proposed = DeliveryProposed(
        actor=Actor(id=MARCELA.id, role="responder"),
        submission_id="5f0a7c1e-33a5-5d3c-9f0e-1f8a5f1f6f7a",
        received_at=datetime(2026, 3, 5, 13, 30, tzinfo=UTC),
        responder=MARCELA,
        personal=PersonalMessage(text="Va el comprobante."),
    )
    await _answer_to_the_ombudsman(http)
    wire = wire_without_broker()
    wire.counts[DeliveryProposed.TOPIC, case] = 1  # behind its filing
    await process.take(Log().append_all([wire.message(case, proposed)]))
    await QuestionStore(process.runtime.database).add(
        made("019cb1f2-7a11-7c50-9c1e-3f3f8f0c2a11", ASKED_OFTEN, Actor(id="catalina-ospina", role="agent"), ASKED_AT)
    )


async def _answer_to_the_ombudsman(http: httpx.AsyncClient) -> None:
    """What they asked about the case of the examples that was answered on the spot, so that they can decide."""
    asked = {"reference": "DCF-2026-0790", "received_on": "2026-03-06", "text": "¿Qué se le respondió?"}
    answer = {"text": "Se entregó el certificado.", "delivery": "handed-over"}
    for name, body in (("mark-ombudsman", asked), ("answer", answer)):
        done = await http.post(f"/v1/cases/CEJ-2026-000415-5/{name}", json=body, headers=AS_EVERYBODY)
        assert done.status_code == 200, done.text


async def _a_draw(process: Process, http: httpx.AsyncClient) -> None:
    """March's sample."""

    async def drawn() -> Any:
        return (await http.get("/v1/samples", headers=AS_EVERYBODY)).json()["items"]

    await _while_it_runs(process, "drawing", drawn)


async def _while_it_runs(process: Process, name: str, condition: Callable[[], Awaitable[Any]]) -> None:
    """The loop of this name, until something has come of it."""
    [loop] = [loop for one, loop in process.runtime._loops["timers"] if one == name]
    running = asyncio.ensure_future(loop())
    await eventually(condition)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


BEGINNINGS: Mapping[str, Callable[[Process, httpx.AsyncClient], Awaitable[None]]] = {
    "intake": _what_was_said,
    "routing": _a_delivery,
    "satisfaction": _a_draw,
}


def _topic(example: Example) -> str:
    return EVENTS[example.envelope().type].TOPIC


def _type(example: Example) -> str:
    return example.envelope().type.rpartition(".v")[0]


def _message(example: Example) -> Message:
    return Message(_topic(example), example.key.encode(), example.raw_value(), tuple(example.raw_headers()))
