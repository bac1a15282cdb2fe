# SPDX-License-Identifier: Apache-2.0
"""The people around the house: citizens who write and read mail, staff who are logged in, a clock that is stepped."""

import email.policy
import imaplib
import os
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from ventanilla_local.services import House

T = TypeVar("T")
TIMEOUT = 120.0

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def eventually(condition: Callable[[], T | None], what: str, *, timeout: float = TIMEOUT) -> T:
    """The first truthy value of the condition; fails after `timeout` seconds."""
    until = time.monotonic() + timeout
    while True:
        if found := condition():
            return found
        if time.monotonic() > until:
            raise AssertionError(f"not within {timeout:.0f} s: {what} (last: {found!r})")
        time.sleep(0.1)


class Town:
    """Everybody, and the doors that they knock at."""

    def __init__(self, house: House, clock: Path, mailbox: str) -> None:
        self.house = house
        self.mailbox = mailbox
        self._clock = clock
        self._http = httpx.Client(timeout=TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def now(self) -> datetime:
        return datetime.fromisoformat(self._clock.read_text(encoding="ascii"))

    def step_to(self, moment: str) -> None:
        """Set the house's clock; it only goes forward."""
        later = datetime.fromisoformat(moment)
        assert later >= self.now(), f"{later} is before {self.now()}"
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(moment, encoding="ascii")
        fresh.replace(self._clock)

    def ask(self, service: str, path: str, *, role: str = "agent", **params: str) -> Any:
        """GET as a member of staff; the JSON, or None where it is not there (yet)."""
        url, headers = self.house.url(service) + path, self._bearer(role)
        answer = self._patiently(lambda: self._http.get(url, params=params, headers=headers))
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def give(
        self, service: str, path: str, body: Mapping[str, Any], *, role: str | None = "agent", area: str | None = None
    ) -> httpx.Response:
        """POST JSON, as a member of staff unless role is None."""
        headers = {"Idempotency-Key": secrets.token_hex(8), **(self._bearer(role, area) if role else {})}
        return self._patiently(lambda: self._http.post(self.house.url(service) + path, json=body, headers=headers))

    def _patiently(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Again where the database was late, as everybody does who is told to try again."""
        while (answer := send()).status_code == httpx.codes.SERVICE_UNAVAILABLE:
            time.sleep(0.2)
        return answer

    def _bearer(self, role: str, area: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.house.login(role, area).token}"}

    def file(self, channel: str, body: Mapping[str, Any], *, role: str | None = None) -> dict[str, Any]:
        """File a submission that is taken; what the door answered."""
        answer = self.give("intake", f"/v1/submissions/{channel}", body, role=role)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return dict(answer.json())

    def post_mail(self, mail: EmailMessage, **params: str) -> httpx.Response:
        """Hand a mail over at the HTTP door, as its bytes."""
        raw = mail.as_bytes(policy=email.policy.SMTP)
        headers = {"Content-Type": "message/rfc822", **self._bearer("channel-system")}
        url = self.house.url("intake") + "/v1/submissions/email"
        return self._patiently(lambda: self._http.post(url, params=params, content=raw, headers=headers))

    def case(self, number: str) -> Any:
        """The case, once routing has taken it in."""
        return eventually(lambda: self.ask("routing", f"/v1/cases/{number}"), f"{number} in routing")

    def case_when(self, number: str, status: str) -> Any:
        """The case once it has that status."""
        return eventually(
            lambda: (found := self.ask("routing", f"/v1/cases/{number}")) and found["status"] == status and found,
            f"{number} is {status}",
        )

    def mails(self, address: str) -> list[EmailMessage]:
        """What lies in a mailbox now."""
        server = urlsplit(os.environ["IMAP_URL"])
        with imaplib.IMAP4(server.hostname or "", server.port or 143) as imap:
            try:
                imap.login(address, "secret")
            except imaplib.IMAP4.error:  # nobody has written to it yet
                return []
            imap.select("INBOX", readonly=True)
            numbers = imap.search(None, "ALL")[1][0].split()
            parts = [imap.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in numbers]
        return [BytesParser(policy=email.policy.default).parsebytes(part[1]) for part in parts if part]  # type: ignore[arg-type]

    def mail_to(self, address: str, about: Callable[[EmailMessage], bool], what: str) -> EmailMessage:
        """The mail that somebody waits for."""

        def found() -> EmailMessage | None:
            with suppress(OSError):
                return next((mail for mail in self.mails(address) if about(mail)), None)
            return None

        return eventually(found, f"mail to {address}: {what}")


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def complaint_mail(sender: str, to: str, message_id: str) -> EmailMessage:
    """A multipart mail with a PDF and accents in an encoded subject."""
    mail = EmailMessage()
    mail["From"] = f"Lucía Ñáñez <{sender}>"
    mail["To"] = to
    mail["Subject"] = "Queja: el subsidio de mi hijo no llegó este mes — ¿qué pasó?"
    mail["Message-ID"] = message_id
    mail["Date"] = "Mon, 02 Mar 2026 10:12:00 -0500"
    mail.set_content(
        "Buenos días:\n\nPresento una queja porque el subsidio familiar de mi hijo no fue consignado en febrero.\n"
        "Adjunto el certificado escolar.\n\nMi teléfono es 300 123 4567.\n\nLucía Ñáñez\n"
    )
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="certificado año 2026.pdf")
    return mail
