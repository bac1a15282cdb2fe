# SPDX-License-Identifier: Apache-2.0
"""Mail from a real IMAP server."""

import asyncio
import imaplib
import os
import secrets
import smtplib
from functools import partial
from socket import SHUT_RDWR
from urllib.parse import urlsplit

import pytest
from intake_house import ADVISER, MAILS, Intake, Start, mail

from chassis.batch import Processor
from chassis.testing import TIMEOUT, Wire, eventually
from intake.mail.imap import ImapMailbox

pytestmark = pytest.mark.infra

LONG_WAITS = {"imap_poll_seconds": 1_740, "imap_idle_seconds": 1_740}
"""Longer than any test."""


class Server:
    """A mailbox of the test's own on the mail server."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.smtp = urlsplit(os.environ["SMTP_URL"])
        self.imap = urlsplit(os.environ["IMAP_URL"])

    @property
    def url(self) -> str:
        user = self.user.replace("@", "%40")
        return f"imap://{user}:secret@{self.imap.hostname}:{self.imap.port}/INBOX"

    def deliver(self, *raws: bytes) -> None:
        with smtplib.SMTP(self.smtp.hostname or "", self.smtp.port or 0, timeout=TIMEOUT) as smtp:
            for raw in raws:
                smtp.sendmail(
                    "someone@correo.example", [self.user], raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                )

    def flags(self) -> list[bytes]:
        with imaplib.IMAP4(self.imap.hostname or "", self.imap.port or 0, timeout=TIMEOUT) as box:
            box.login(self.user, "secret")
            box.select("INBOX", readonly=True)
            return [line for line in box.fetch("1:*", "(FLAGS)")[1] if isinstance(line, bytes)]

    def mark_all_seen(self) -> None:
        with imaplib.IMAP4(self.imap.hostname or "", self.imap.port or 0, timeout=TIMEOUT) as box:
            box.login(self.user, "secret")
            box.select("INBOX")
            box.store("1:*", "+FLAGS", r"\Seen")


async def passed(intake: Intake, mails: int) -> None:
    """Until so many are behind it: it passes a mail only after it has told of it."""
    behind = {"last_uid": {"$gte": mails}}
    await eventually(lambda: intake.database.collection("mailboxes").find_one(behind), what=f"{mails} mails passed")


@pytest.fixture
def server() -> Server:
    for name in ("SMTP_URL", "IMAP_URL"):
        if not os.environ.get(name):
            pytest.skip(f"{name} is not set: run by `make test`, or python -m ventanilla_local with-infra -- pytest …")
    return Server(f"buzon-{secrets.token_hex(4)}@caja.example")


async def test_mail_in_the_mailbox_becomes_cases_read_or_not(start: Start, wire: Wire, server: Server) -> None:
    server.deliver(mail(), (MAILS / "pdf-and-encoded-subject.eml").read_bytes())
    server.mark_all_seen()
    async with start(imap_url=server.url, imap_poll_seconds=0.2) as intake:
        cases = await wire.expect("intake-cases", 2)
        server.deliver(mail("otro", message="<otro@correo.example>"))
        await wire.expect("intake-cases", 3)
        same = await intake.mail(mail())
    assert same["repeat"] is True
    assert {case.event.personal.subject for case in cases} >= {"Cuota monetaria"}


async def test_reading_changes_nothing_in_the_mailbox(start: Start, wire: Wire, server: Server) -> None:
    server.deliver(mail())
    before = server.flags()
    async with start(imap_url=server.url, imap_poll_seconds=0.2):
        await wire.expect("intake-cases", 1)
    assert server.flags() == before


async def test_a_restart_goes_on_behind_the_last_mail(start: Start, wire: Wire, server: Server) -> None:
    server.deliver(mail())
    async with start(imap_url=server.url, imap_poll_seconds=0.2) as intake:
        await wire.expect("intake-cases", 1)
        await passed(intake, 1)
    server.deliver(mail("otro", message="<otro@correo.example>"))
    async with start(imap_url=server.url, imap_poll_seconds=0.2):
        await wire.expect("intake-cases", 2)
        await wire.expect("intake-outcomes", 2)


async def test_a_mailbox_that_was_made_anew_is_read_from_its_first_mail(
    start: Start, wire: Wire, server: Server
) -> None:
    server.deliver(mail())
    async with start(("api",), imap_url=server.url) as intake:
        await intake.web()  # the database is prepared
        name = intake.service.runtime.settings.mailboxes[0].name
        position = {"_id": name, "validity": 1, "last_uid": 99}
        await intake.database.collection("mailboxes").insert_one(position)
    async with start(imap_url=server.url, imap_poll_seconds=0.2):
        await wire.expect("intake-cases", 2)


async def test_two_instances_and_a_forgotten_position_make_no_second_case(
    start: Start, wire: Wire, server: Server
) -> None:
    server.deliver(mail(), mail("otro", message="<otro@correo.example>"))
    own = {"imap_url": server.url, "imap_poll_seconds": 0.2, "imap_idle_seconds": 0.5}
    async with start(**own) as one, start(**own):
        await wire.expect("intake-cases", 2)
        await passed(one, 2)
        await one.database.collection("mailboxes").delete_many({})
        await wire.expect("intake-outcomes", 4)
        await wire.expect("intake-cases", 2)


async def test_a_mail_that_nobody_can_file_is_held_and_passed(
    start: Start, wire: Wire, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(mail("bomba", message="<bomba@correo.example>"), mail("buena"))
    process = Processor.process

    async def failing(self: Processor, items, now=None):  # type: ignore[no-untyped-def]
        commands = [item.message for item in items]
        if any("bomba" in command.form.text for command in commands):
            for item in items:
                item.outcome = {} if "bomba" not in item.message.form.text else ZeroDivisionError()
            items = [item for item in items if not isinstance(item.outcome, Exception)]
        await process(self, items, now)

    monkeypatch.setattr(Processor, "process", failing)
    async with start(imap_url=server.url, imap_poll_seconds=0.2) as intake:
        await wire.expect("intake-cases", 1)
        [held] = [seen for seen in await wire.expect("intake-outcomes", 2) if seen.event.TYPE == "submission-held.v1"]
        listed = await intake.http.get("/v1/held", headers=ADVISER)
    assert held.event.reason == "unprocessable"
    assert [item["reason"] for item in listed.json()["items"]] == ["unprocessable"]


async def test_a_mail_above_the_limit_is_held_with_its_beginning(start: Start, wire: Wire, server: Server) -> None:
    server.deliver(mail("x\n" * 150_000), mail("normal", message="<normal@correo.example>"))
    async with start(imap_url=server.url, imap_poll_seconds=0.2, largest_mail=200_000) as intake:
        await wire.expect("intake-cases", 1)
        row = await intake.database.collection("submission_cases").find_one({"outcome": "held"})
    assert row is not None
    assert (row["reason"], row["original"]["size"]) == ("too-large", 100_000)


async def test_an_unreachable_server_is_asked_again(
    start: Start, wire: Wire, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = ImapMailbox._connected
    failures = iter([OSError(), OSError()])

    def failing(self: ImapMailbox):  # type: ignore[no-untyped-def]
        if failure := next(failures, None):
            raise failure
        return connected(self)

    monkeypatch.setattr(ImapMailbox, "_connected", failing)
    server.deliver(mail())
    async with start(imap_url=server.url, imap_poll_seconds=0.1):
        await wire.expect("intake-cases", 1)


async def test_a_mail_is_filed_as_soon_as_the_server_tells_of_it(start: Start, server: Server) -> None:
    """By itself it would look again in half an hour; and it ends while it waits for the server."""
    server.deliver(mail())
    async with start(imap_url=server.url, **LONG_WAITS) as intake:
        rows = intake.database.collection("submission_cases")
        await eventually(lambda: rows.find_one({}))
        for n in range(3):
            external = f"<{n}@correo.example>"
            await asyncio.to_thread(server.deliver, mail("otro", message=external))
            await eventually(partial(rows.find_one, {"external_id": external}), what=external)


async def test_a_connection_that_dies_while_it_waits_is_made_anew(
    start: Start, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead: list[object] = []
    idle = ImapMailbox.idle

    def dying(self: ImapMailbox, *position: int | None) -> int | None:
        socket = idle(self, *position)  # type: ignore[arg-type]
        if socket is not None and not dead:
            dead.append(self._box)
            self._box.client.socket().shutdown(SHUT_RDWR)  # type: ignore[union-attr]
        return socket

    monkeypatch.setattr(ImapMailbox, "idle", dying)
    async with start(imap_url=server.url, **LONG_WAITS) as intake:
        rows = intake.database.collection("submission_cases")
        await eventually(lambda: dead)
        await asyncio.to_thread(server.deliver, mail())
        await eventually(lambda: rows.find_one({}))
    assert dead


@pytest.mark.parametrize("own", [{"imap_idle_seconds": 0.0}, {"imap_idle_seconds": 0.3}])
async def test_a_server_that_tells_nothing_is_asked(
    start: Start, server: Server, monkeypatch: pytest.MonkeyPatch, own: dict[str, float]
) -> None:
    async def deaf(_: int, seconds: float) -> bool:
        await asyncio.sleep(seconds)
        return False

    monkeypatch.setattr("intake.mail.fetching.readable", deaf)
    async with start(imap_url=server.url, imap_poll_seconds=0.2, **own) as intake:
        rows = intake.database.collection("submission_cases")
        for n in range(2):
            await asyncio.to_thread(server.deliver, mail("otro", message=f"<{n}@correo.example>"))
            await eventually(partial(rows.find_one, {"external_id": f"<{n}@correo.example>"}), what=f"mail {n}")
