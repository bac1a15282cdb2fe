# SPDX-License-Identifier: Apache-2.0
"""Three cases from filing to closing through a house that is up: `python3 -m deploy.compose.journey`.

Standard library only. It prints each step and ends with 1 at the first that does not come true. By itself it reads the
logins from `docker compose logs house`; a file with that table may be named as its argument.
"""

import os
import re
import smtplib
import sys
import urllib.parse
import urllib.request
import uuid
from datetime import date
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from pathlib import Path
from typing import Any

from .doors import (
    PORTS,
    JourneyFailedError,
    Logins,
    call,
    find_mail,
    host,
    port,
    printed_logins,
    read_logins,
    step,
    url,
    wait_for,
)

MAILBOX = os.environ.get("ORG_MAIL_ADDRESS", "servicioalcliente@caja.example")
COUNTED = ("received", "closed")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def main(words: list[str]) -> int:
    run = uuid.uuid4().hex[:8]
    try:
        logins = read_logins(Path(words[0]).read_text("utf-8") if words else printed_logins())
        everybody_is_ready()
        log_in_with_a_password(logins["agent"])
        before = counts(logins)
        complaint = file_a_form(f"rosa.perez.{run}@correo.example")
        request = file_a_mail(f"jose.munoz.{run}@correo.example", logins)
        for case in (complaint, request):
            is_acknowledged(case)
            is_routed(case, logins)
            is_answered(case, logins)
        is_asked_about(complaint, logins)
        compliment = send_a_mail(f"ana.rios.{run}@correo.example")
        for case in (complaint, request, compliment):
            is_closed(case, logins)
        are_counted(3, before, logins)
    except JourneyFailedError as failed:
        print(f"FAILED  {failed}", file=sys.stderr)
        return 1
    print("ok      the journey is complete")
    return 0


def everybody_is_ready() -> None:
    for service in PORTS:
        wait_for(f"{service} is ready", partial(call, service, "GET", "/readyz"))


def log_in_with_a_password(login: dict[str, str]) -> None:
    """As a browser does: the form, its token, a cookie."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    fields = {"email": login["email"], "password": login["password"], "next": "/"}
    try:
        page = browser.open(f"{url('routing')}/login", timeout=10).read().decode()
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        form = urllib.parse.urlencode({**fields, "csrf_token": token[1] if token else ""}).encode()
        browser.addheaders = [("Origin", url("routing"))]
        with browser.open(f"{url('routing')}/login", form, timeout=30) as answer:
            step("log in", f"{login['email']} sees {answer.url}")
    except OSError as error:
        raise JourneyFailedError(f"{login['email']} cannot log in: {error}") from None


def file_a_form(email: str) -> dict[str, Any]:
    person = {"name": "Rosa Pérez", "email": email, "phone": "+573001234567"}
    text = "Presento una queja: la asesora me trató mal y no quiso recibir los papeles del subsidio familiar."
    form = {"person": person, "subject": "Queja por el trato", "text": text, "kind": "complaint", "data_consent": True}
    filed = call("intake", "POST", "/v1/submissions/web", form)
    step("web form", f"{filed['case_number']}, tracking code {filed['tracking_code']}")
    return {**filed, "email": email}


def file_a_mail(email: str, logins: Logins) -> dict[str, Any]:
    """The bytes of a mail, handed to intake's door as a mail server would."""
    text = "¿Cuáles son los requisitos para las vacaciones recreativas?"
    mail = new_mail(f"José Muñoz <{email}>", "Petición: información sobre vacaciones recreativas para niños", text)
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="cédula.pdf")
    token = logins["channel-system"]["token"]
    filed = call("intake", "POST", "/v1/submissions/email", mail.as_bytes(), token, "message/rfc822")
    step("e-mail", f"{filed['case_number']}, tracking code {filed['tracking_code']}")
    return {**filed, "email": email, "message_id": str(mail["Message-ID"])}


def send_a_mail(email: str) -> dict[str, Any]:
    """A mail to the organisation's mailbox, which intake reads: the acknowledgement says which case it became."""
    text = "Felicito a la asesora Yuliana por su excelente atención y su amabilidad."
    mail = new_mail(f"Ana Ríos <{email}>", "Felicitación por la excelente atención", text)
    with smtplib.SMTP(host(), port("SMTP_PORT", 3025), timeout=30) as server:
        server.send_message(mail)
    answer = wait_for(f"the mail of {email} is fetched and acknowledged", lambda: find_mail(email, "radicado"))
    number = re.search(r"[A-Z0-9]{2,10}-\d{4}-\d{6}-\d", str(answer["Subject"]))
    if number is None:
        raise JourneyFailedError(f"no case number in “{answer['Subject']}”")
    step("mailbox", f"{email} got “{answer['Subject']}”")
    return {"case_number": number[0], "email": email}


def new_mail(writer: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = writer, MAILBOX, subject
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="correo.example")
    mail.set_content(f"Buenos días:\n\n{text}\n\nCordialmente,\n{writer.partition(' <')[0]}\n")
    return mail


def is_acknowledged(case: dict[str, Any]) -> None:
    what = f"{case['case_number']} is acknowledged"
    mail = wait_for(what, lambda: find_mail(case["email"], case["case_number"], case["tracking_code"]))
    step("acknowledged", f"{case['email']} got “{mail['Subject']}”")


def is_routed(case: dict[str, Any], logins: Logins) -> None:
    number, token = case["case_number"], logins["agent"]["token"]
    shown = wait_for(f"routing has {number}", lambda: call("routing", "GET", f"/v1/cases/{number}", token=token))
    deadline = call("routing", "GET", f"/v1/cases/{number}/deadline", token=token)
    about = shown["classification"]
    step("routed", f"{number}: {about['kind']}, {shown['assignment']['area_name']}, due {deadline['due']}")
    step("because", f"{deadline['rule']} ({deadline['source']}), {len(deadline['trace'])} days explained")


def is_answered(case: dict[str, Any], logins: Logins) -> None:
    number, token = case["case_number"], logins["agent"]["token"]
    text = f"Respuesta de prueba {uuid.uuid4().hex[:8]}: ya revisamos su caso y le pedimos disculpas por la demora."
    call("routing", "POST", f"/v1/cases/{number}/answer", {"text": text}, token)
    mail = wait_for(f"{number} is answered by mail", lambda: find_mail(case["email"], text))
    thread = str(mail["References"] or mail["In-Reply-To"] or "")
    if case.get("message_id", "") not in thread:
        raise JourneyFailedError(f"the answer to {number} is not in the thread of {case['message_id']}: {thread}")
    step("answered", f"{case['email']} got “{mail['Subject']}”{' in the thread' if 'message_id' in case else ''}")


def is_asked_about(case: dict[str, Any], logins: Logins) -> None:
    token, query = logins["caller"]["token"], urllib.parse.urlencode({"case_number": case["case_number"]})

    def pending() -> Any:
        found = call("satisfaction", "GET", f"/v1/checks?{query}", token=token)["items"]
        return found[0] if found and found[0]["status"] == "pending" else None

    check = wait_for(f"{case['case_number']} is on the call list", pending)
    attempt = {"result": "contacted", "outcome": "satisfied", "summary": "Quedó satisfecha con la respuesta."}
    done = call("satisfaction", "POST", f"/v1/checks/{check['id']}/attempts", attempt, token)
    step("checked", f"{case['case_number']}: {done['status']}, {done['outcome']}")


def is_closed(case: dict[str, Any], logins: Logins) -> None:
    number, token = case["case_number"], logins["agent"]["token"]

    def closed() -> Any:
        shown = call("routing", "GET", f"/v1/cases/{number}", token=token)
        return shown if shown["status"] == "closed" else None

    step("closed", f"{number}: {wait_for(f'{number} is closed', closed)['closed']['reason']}")


def are_counted(cases: int, before: dict[str, Any], logins: Logins) -> None:
    """Others may file meanwhile: at least ours were added."""

    def grown() -> Any:
        now = counts(logins)
        return now if all(now[name]["value"] - before[name]["value"] >= cases for name in COUNTED) else None

    for name, one in wait_for("the cases are counted", grown).items():
        since = f" (before: {before[name]['value']})" if name in COUNTED else ""
        step("counted", f"{one['name']}: {one['value']}{since}")


def counts(logins: Logins) -> dict[str, Any]:
    """This year's indicators by their id."""
    year = date.today().year  # noqa: DTZ011  # on the night of the year's end it finds out
    path = f"/v1/indicators?from={year}-01-01&to={year}-12-31"
    shown = call("reporting", "GET", path, token=logins["manager"]["token"])["indicators"]
    return {one["id"]: one for one in shown if one["value"] is not None}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
