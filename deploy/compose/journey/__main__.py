# SPDX-License-Identifier: Apache-2.0
"""Two cases from filing to closing through a house that is up: `python3 -m deploy.compose.journey`.

Standard library only. It prints each step and ends with 1 at the first that does not come true. By itself it reads the
logins from `docker compose logs house`; a file with that table may be named as its argument.
"""

import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request
import uuid
from datetime import date
from email import policy
from email.message import EmailMessage
from email.utils import make_msgid
from functools import partial
from pathlib import Path
from typing import Any

from .doors import (
    PORTS,
    JourneyFailedError,
    Logins,
    call,
    find_mail,
    printed_logins,
    read_logins,
    step,
    url,
    wait_for,
)

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def main(words: list[str]) -> int:
    run = uuid.uuid4().hex[:8]
    try:
        logins = read_logins(Path(words[0]).read_text("utf-8") if words else printed_logins())
        everybody_is_ready()
        log_in_with_a_password(logins["agent"])
        complaint = file_a_form(f"rosa.perez.{run}@correo.example")
        petition = file_a_mail(f"jose.munoz.{run}@correo.example", logins)
        for case in (complaint, petition):
            is_acknowledged(case)
            is_routed(case, logins)
            is_answered(case, logins)
        is_asked_about(complaint, logins)
        for case in (complaint, petition):
            is_closed(case, logins)
        are_counted(logins)
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
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    page = browser.open(f"{url('routing')}/login", timeout=10).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if token is None:
        raise JourneyFailedError("the login page has no form")
    fields = {"csrf_token": token[1], "email": login["email"], "password": login["password"], "next": "/"}
    request = urllib.request.Request(f"{url('routing')}/login", urllib.parse.urlencode(fields).encode())  # noqa: S310
    request.add_header("Origin", url("routing"))
    with browser.open(request, timeout=30) as answer:
        if urllib.parse.urlsplit(answer.url).path == "/login":
            raise JourneyFailedError(f"{login['email']} cannot log in")
        step("log in", f"{login['email']} sees {answer.url}")


def file_a_form(email: str) -> dict[str, Any]:
    person = {"name": "Rosa Pérez", "email": email, "phone": "+573001234567"}
    text = "Presento una queja: la asesora me trató mal y no quiso recibir los papeles del subsidio familiar."
    form = {"person": person, "subject": "Queja por el trato", "text": text, "kind": "complaint", "data_consent": True}
    filed = call("intake", "POST", "/v1/submissions/web", form)
    step("web form", f"{filed['case_number']}, tracking code {filed['tracking_code']}")
    return {**filed, "email": email}


def file_a_mail(email: str, logins: Logins) -> dict[str, Any]:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = f"José Muñoz <{email}>", "servicioalcliente@caja.example"
    mail["Subject"] = "Petición: información sobre vacaciones recreativas para niños"
    mail["Message-ID"] = make_msgid(domain="correo.example")
    mail.set_content("Buenos días:\n\n¿Cuáles son los requisitos para las vacaciones recreativas?\n\nJosé Muñoz\n")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="cédula.pdf")
    token = logins["channel-system"]["token"]
    filed = call("intake", "POST", "/v1/submissions/email", mail.as_bytes(), token, "message/rfc822")
    step("e-mail", f"{filed['case_number']}, tracking code {filed['tracking_code']}")
    return {**filed, "email": email, "message_id": str(mail["Message-ID"])}


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


def are_counted(logins: Logins) -> None:
    today, token = date.today(), logins["manager"]["token"]  # noqa: DTZ011  # the year at hand will do
    period = urllib.parse.urlencode({"from": f"{today.year}-01-01", "to": f"{today.year}-12-31"})

    def counted() -> Any:
        shown = call("reporting", "GET", f"/v1/indicators?{period}", token=token)["indicators"]
        filed = next(one for one in shown if one["id"] == "filed")
        return shown if (filed["value"] or 0) >= 2 else None

    for one in wait_for("both cases are counted", counted):
        step("counted", f"{one['name']}: {one['value']} {one['unit']}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
