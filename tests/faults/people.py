# SPDX-License-Identifier: Apache-2.0
"""Those who file and answer while parts of the house fail: they do not give up, and remember what was promised."""

import asyncio
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from itertools import count
from typing import Any

import httpx

from tests.faults.crew import Crew
from tests.faults.plan import Wish

PATIENCE = 300.0
ANSWER_SECONDS = 8.0
"""A door answers within five, or it is stopped or behind a silent link: then the next one is asked."""

AGAIN_SECONDS = 0.3


@dataclass(frozen=True)
class Promise:
    """A wish that the house accepted; ``number`` is None where only a mailbox took it."""

    wish: Wish
    number: str | None


@dataclass
class People:
    """`refusals` counts the answers 503; `unclear` are those that did not say what to do."""

    crew: Crew
    promises: list[Promise] = field(default_factory=list)
    refusals: int = 0
    unclear: list[str] = field(default_factory=list)
    _turn: Any = field(default_factory=count)

    async def file_and_answer(self, wishes: list[Wish]) -> None:
        """Every wish at its time; returns once all are filed and, where wished, answered."""
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as http, asyncio.TaskGroup() as group:
            for wish in wishes:
                group.create_task(self._one(http, wish))

    async def _one(self, http: httpx.AsyncClient, wish: Wish) -> None:
        await asyncio.sleep(wish.at)
        number = await {"web": self._web, "mail-door": self._mail_door, "mailbox": self._mailbox}[wish.door](http, wish)
        self.promises.append(Promise(wish, number))
        if wish.answered and number:
            await self._answer(http, number)

    async def _web(self, http: httpx.AsyncClient, wish: Wish) -> str | None:
        body = {
            "kind": wish.kind,
            "subject": f"Caso {wish.name}",
            "text": f"Caso {wish.name} de la prueba de fallas, sobre la cuota del crédito.",
            "data_consent": True,
            "person": {"name": f"Persona {wish.name}", "email": address_of(wish), "phone": "+573001234567"},
        }
        answer = await self._insist(
            http, "intake", "/v1/submissions/web", {"Idempotency-Key": wish.name}, {"json": body}
        )
        return _accepted(answer)

    async def _mail_door(self, http: httpx.AsyncClient, wish: Wish) -> str | None:
        headers = {**self.crew.token("channel-system"), "Content-Type": "message/rfc822"}
        content = mail_of(wish, self.crew.ground.mailbox).as_bytes()
        return _accepted(await self._insist(http, "intake", "/v1/submissions/email", headers, {"content": content}))

    async def _mailbox(self, _: httpx.AsyncClient, wish: Wish) -> None:
        def send() -> None:
            with smtplib.SMTP("127.0.0.1", self.crew.ground.port["mailbox-smtp"], timeout=30) as smtp:
                smtp.send_message(mail_of(wish, self.crew.ground.mailbox))

        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await asyncio.to_thread(send)
                except OSError:
                    await asyncio.sleep(AGAIN_SECONDS)

    async def _answer(self, http: httpx.AsyncClient, number: str) -> None:
        """As an agent, as soon as routing has the case."""
        headers = {**self.crew.token("agent"), "Idempotency-Key": f"answer-{number}"}
        async with asyncio.timeout(PATIENCE):
            while True:
                body = {"json": {"text": f"Respuesta al caso {number}."}}
                answer = await self._insist(http, "routing", f"/v1/cases/{number}/answer", headers, body)
                if answer.status_code != httpx.codes.NOT_FOUND:
                    break
                await asyncio.sleep(AGAIN_SECONDS)
        if not answer.is_success:
            raise AssertionError(f"answer to {number}: {answer.status_code} {answer.text}")

    async def _insist(
        self, http: httpx.AsyncClient, service: str, path: str, headers: Mapping[str, str], body: dict[str, Any]
    ) -> httpx.Response:
        """POST at the doors of a service in turn until one answers for good, which 503 is not."""
        async with asyncio.timeout(PATIENCE):
            while True:
                doors = self.crew.doors(service)
                try:
                    answer = await http.post(doors[next(self._turn) % len(doors)] + path, headers=headers, **body)
                except httpx.TransportError:
                    pass
                else:
                    if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                        return answer
                    self._refused(answer)
                await asyncio.sleep(AGAIN_SECONDS)

    def _refused(self, answer: httpx.Response) -> None:
        self.refusals += 1
        if not is_clear(answer):
            self.unclear.append(
                f"unclear refusal: {answer.request.url.path} {dict(answer.headers)} {answer.text[:200]}"
            )


def is_clear(refusal: httpx.Response) -> bool:
    """A problem in words, when to try again, and nothing of our insides."""
    kind = refusal.headers.get("content-type", "")
    insides = any(word in refusal.text for word in ("Traceback", "pymongo", "aiokafka", "127.0.0.1"))
    return kind.startswith("application/problem+json") and "Retry-After" in refusal.headers and not insides


def _accepted(answer: httpx.Response) -> str:
    if answer.status_code != httpx.codes.ACCEPTED:
        raise AssertionError(f"filing: {answer.status_code} {answer.text}")
    return str(answer.json()["case_number"])


def address_of(wish: Wish) -> str:
    """The address of whoever wishes it: it tells their case from all others."""
    return f"{wish.name}@correo.example"


def mail_of(wish: Wish, mailbox: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Persona <{address_of(wish)}>"
    mail["To"] = mailbox
    mail["Subject"] = f"Solicitud {wish.name}"
    mail["Message-ID"] = f"<{wish.name}@correo.example>"
    mail.set_content(f"Buenos días:\n\nSolicito información sobre el crédito de vivienda ({wish.name}).\n\nGracias.\n")
    return mail
