# SPDX-License-Identifier: Apache-2.0
"""The first journey, step by step, through the real doors of five processes (CNF-01 to 12, ICX-02, 03, 05, 09).

The tests of this module share one house and one clock that only goes forward: they run in the order written.
"""

import os
import secrets
import smtplib
from typing import Any
from urllib.parse import urlsplit

import httpx
from tests.e2e.town import Town, complaint_mail, eventually, text_of

FORM = {"text": "El horario de la sede norte no alcanza para quienes trabajamos.", "data_consent": True}


def person(name: str, **more: str) -> dict[str, str]:
    return {"name": name, "email": f"{secrets.token_hex(4)}@correo.example", "phone": "+573001234567", **more}


def history(town: Town, number: str) -> list[str]:
    return [line["what"] for line in town.ask("routing", f"/v1/cases/{number}/history")["items"]]


def indicators(town: Town) -> dict[str, Any]:
    found = town.ask("reporting", "/v1/indicators", role="manager", **{"from": "2026-03-01", "to": "2026-04-30"})
    return {one["id"]: one["value"] for one in found["indicators"]}


def test_a_mail_with_a_pdf_becomes_an_answered_checked_closed_and_counted_case(town: Town) -> None:
    writer = f"lucia-{secrets.token_hex(4)}@correo.example"
    message_id = f"<{secrets.token_hex(8)}@correo.example>"

    # 1 filed, numbered, acknowledged
    mail = complaint_mail(writer, town.mailbox, message_id)
    answer = town.post_mail(mail)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    filed = answer.json()
    number, code = filed["case_number"], filed["tracking_code"]
    assert (filed["outcome"], filed["repeat"]) == ("created", False)
    acknowledgement = town.mail_to(writer, lambda mail: number in text_of(mail), "the acknowledgement")
    assert code in text_of(acknowledgement)
    assert acknowledgement["In-Reply-To"] == message_id
    again = town.post_mail(mail).json()
    assert (again["case_number"], again["repeat"]) == (number, True)

    # 2 classified, assigned, with a deadline that explains itself
    case = town.case(number)
    assert case["classification"]["kind"] == "complaint"
    assert case["classification"]["area"] == "subsidios"
    assert case["due"] == "2026-03-24"
    assert [file["name"] for file in case["files"]] == ["certificado año 2026.pdf"]
    trace = town.ask("routing", f"/v1/cases/{number}/deadline")["trace"]
    assert sum(day["counted"] for day in trace) == 15
    assert [day["date"] for day in trace if day["reason"].startswith("holiday")] == ["2026-03-23"]
    responder = case["assignment"]["responder"]["email"]
    town.mail_to(responder, lambda mail: number in str(mail["Subject"]), "the assignment")

    # 3 reminded two business days before, escalated once the term is over
    town.step_to("2026-03-19T08:30:00-05:00")
    town.mail_to(
        responder, lambda mail: number in str(mail["Subject"]) and "ecord" in str(mail["Subject"]), "a reminder"
    )
    assert "deadline-approaching" in history(town, number)
    town.step_to("2026-03-25T08:30:00-05:00")
    eventually(lambda: "case-escalated" in history(town, number), "an escalation")
    assert "deadline-missed" in history(town, number)

    # 4 delivered, answered, and the answer is in the thread of the first message
    delivered = town.give(
        "routing",
        f"/v1/cases/{number}/deliver-documents",
        {"text": "El pago quedó en el lote de marzo. Plan: consignar el 27."},
        role="responder",
        area="subsidios",
    )
    assert delivered.is_success, delivered.text
    text = "Señora Lucía: el subsidio de febrero se consignará el 27 de marzo. Le pedimos disculpas."
    answered = town.give("routing", f"/v1/cases/{number}/answer", {"text": text})
    assert answered.is_success, answered.text
    letter = town.mail_to(writer, lambda mail: "27 de marzo" in text_of(mail), "the answer")
    assert message_id in str(letter["References"])
    assert str(letter["Subject"]).startswith("Re: Queja: el subsidio")
    case = town.case_when(number, "answered")
    assert case["answered"]["in_time"] is False
    refused = town.give("routing", f"/v1/cases/{number}/answer", {"text": "otra vez"})
    assert refused.status_code == httpx.codes.CONFLICT
    assert "allowed" in refused.json()

    # 5 called on three days without contact, then closed
    check = eventually(lambda: _check(town, number), "a check on the call list")
    for day in ("2026-03-26", "2026-03-27"):
        town.step_to(f"{day}T09:00:00-05:00")
        assert _call(town, check["id"]).is_success
        twice = _call(town, check["id"])
        assert twice.status_code == httpx.codes.CONFLICT, twice.text
    town.step_to("2026-03-30T09:00:00-05:00")
    assert _call(town, check["id"]).is_success
    closed = town.case_when(number, "closed")
    assert closed["closed"]["reason"] == "check-completed"

    # the person follows it
    seen = town.give("intake", "/v1/track", {"number": number, "code": code}, role=None)
    assert seen.is_success, seen.text
    wrong = town.give("intake", "/v1/track", {"number": number, "code": "0000-0000-0000-0"}, role=None)
    assert wrong.status_code == httpx.codes.NOT_FOUND


def _check(town: Town, number: str) -> Any:
    found = town.ask("satisfaction", "/v1/checks", role="caller", case_number=number, status="pending")["items"]
    return found[0] if found else None


def _call(town: Town, check: str) -> httpx.Response:
    body = {"result": "not-contacted", "summary": "No contesta"}
    return town.give("satisfaction", f"/v1/checks/{check}/attempts", body, role="caller")


def test_a_mail_in_the_mailbox_becomes_a_case(town: Town) -> None:
    writer = f"pedro-{secrets.token_hex(4)}@correo.example"
    server = urlsplit(os.environ["SMTP_URL"])
    with smtplib.SMTP(server.hostname or "", server.port or 25) as smtp:
        smtp.send_message(complaint_mail(writer, town.mailbox, f"<{secrets.token_hex(8)}@correo.example>"))
    acknowledgement = town.mail_to(writer, lambda mail: "CAJA-2026-" in text_of(mail), "the acknowledgement")
    assert acknowledgement["Auto-Submitted"]


def test_a_claim_that_is_satisfied_is_closed_by_one_call(town: Town) -> None:
    body = {**FORM, "person": person("Óscar Prueba"), "kind": "claim", "area": "credito", "subject": "Cobro doble"}
    filed = town.file("phone", {**body, "text": "Me cobraron dos veces la cuota del crédito."}, role="adviser")
    town.case(filed["case_number"])
    assert town.give(
        "routing", f"/v1/cases/{filed['case_number']}/answer", {"text": "Se devolvió la cuota."}
    ).is_success
    check = eventually(lambda: _check(town, filed["case_number"]), "a check")
    call = {"result": "contacted", "outcome": "satisfied", "summary": "Agradece la devolución"}
    done = town.give("satisfaction", f"/v1/checks/{check['id']}/attempts", call, role="caller")
    assert done.is_success, done.text
    town.case_when(filed["case_number"], "closed")


def test_a_regulator_request_ends_with_a_filing_certificate(town: Town) -> None:
    body = {
        **FORM,
        "text": "Se solicita informe sobre la queja del afiliado por el subsidio familiar.",
        "person": {"name": "Superintendencia"},
        "regulator": {"authority": "SSF", "reference": f"SSF-{secrets.token_hex(4)}"},
    }
    number = town.file("regulator", body, role="general-secretariat")["case_number"]
    case = town.case(number)
    early = _upload(town, number)
    assert early.status_code == httpx.codes.CONFLICT, early.text
    assert town.give("routing", f"/v1/cases/{number}/answer", {"text": "Se remite el informe solicitado."}).is_success
    eventually(
        lambda: any(one["case_number"] == number for one in town.ask("intake", "/v1/regulator/pending")["items"]),
        "the upload on the desk",
    )
    assert _upload(town, number).is_success
    for address in (case["assignment"]["responder"]["email"], town.house.login("general-secretariat").email):
        mail = town.mail_to(address, lambda mail: number in str(mail["Subject"]) and _has_pdf(mail), "the certificate")
        assert mail["To"]
    closed = town.case_when(number, "closed")
    assert closed["closed"]["reason"] == "filed-with-regulator"


def _upload(town: Town, number: str) -> httpx.Response:
    body = {"reference": "RAD-2026-0099", "filed_at": town.now().isoformat()}
    return town.give("intake", f"/v1/cases/{number}/regulator-filing", body, role="agent")


def _has_pdf(mail: Any) -> bool:
    return any(part.get_content_type() == "application/pdf" for part in mail.iter_attachments())


def test_a_compliment_closes_at_once_with_its_observation(town: Town) -> None:
    body = {**FORM, "person": person("Marta Prueba"), "kind": "compliment", "area": "recreacion"}
    filed = town.file("web", {**body, "text": "Felicito al equipo del centro recreativo por su amabilidad."})
    closed = town.case_when(filed["case_number"], "closed")
    assert closed["closed"]["reason"] == "compliment"
    assert closed["closed"]["observation"]
    responder = closed["assignment"]["responder"]["email"]
    town.mail_to(responder, lambda mail: filed["case_number"] in str(mail["Subject"]), "the compliment")


def test_an_anonymous_answer_is_published(town: Town) -> None:
    filed = town.file("web", {**FORM, "anonymous": True, "kind": "petition"})
    town.case(filed["case_number"])
    answer = {"text": "Desde abril la sede norte abre los sábados."}
    assert town.give("routing", f"/v1/cases/{filed['case_number']}/answer", answer).is_success
    town.case_when(filed["case_number"], "closed")
    key = {"number": filed["case_number"], "code": filed["tracking_code"]}
    eventually(
        lambda: "abre los sábados" in town.give("intake", "/v1/track", key, role=None).text, "the published answer"
    )


def test_what_was_solved_on_the_spot_is_answered_at_once(town: Town) -> None:
    body = {**FORM, "person": person("Julio Prueba"), "kind": "request", "answer_on_spot": "Se entregó el certificado."}
    filed = town.file("in-person", body, role="adviser")
    closed = town.case_when(filed["case_number"], "closed")
    assert closed["answered"]["in_time"] is True


def test_bad_input_is_told_what_was_expected_and_leaves_nothing(town: Town) -> None:
    before = indicators(town)["received"]
    answers = [
        town.give("intake", "/v1/submissions/web", {"text": ""}, role=None),
        town.give("intake", "/v1/submissions/web", {**FORM, "kind": "grievance"}, role=None),
        town.give("intake", "/v1/submissions/regulator", FORM, role="general-secretariat"),
        town.give("routing", "/v1/deadlines/compute", {"term": "general", "received_at": "yesterday"}, role=None),
    ]
    for answer in answers:
        assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["errors"][0]["field"]
    assert town.give("intake", "/v1/submissions/phone", FORM, role=None).status_code == httpx.codes.UNAUTHORIZED
    assert indicators(town)["received"] == before


def test_reporting_agrees_with_what_was_filed(town: Town) -> None:
    expected = {"received": 7, "answered": 5, "closed": 6, "open": 1, "reminders": 1, "deadlines-missed": 1}
    eventually(lambda: expected.items() <= indicators(town).items(), f"indicators {expected}: {indicators(town)}")
    months = [
        town.ask("reporting", "/v1/reports/monthly", role="manager", period=period) for period in ("2026-03", "2026-04")
    ]
    rows = [row for month in months for row in month["rows"]]
    assert sum(row["received"] for row in rows) == expected["received"]
    assert {row["channel"] for row in rows} == {"email", "phone", "regulator", "web", "in-person"}
