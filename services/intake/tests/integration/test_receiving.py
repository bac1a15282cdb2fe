# SPDX-License-Identifier: Apache-2.0
"""Mail that a mail server hands over by SMTP and LMTP."""

import asyncio
import contextlib
import shutil
import smtplib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from intake_house import ADVISER, Intake, Start, mail
from mail_house import SERVICE, by_smtp, certificate, crlf, free_port, handed_over, in_a_thread

from chassis.batch import Processor
from chassis.files import DirectoryFiles
from chassis.mongo import Unavailable
from chassis.testing import Wire, eventually
from intake.mail_door import MailDoor

pytestmark = pytest.mark.infra

RECEIVE = ("receive",)
PQRS = "pqrs@caja.example"


class Listeners:
    """Addresses of the test's own."""

    def __init__(self) -> None:
        self.smtp, self.lmtp = free_port(), free_port()
        self.settings: dict[str, Any] = {
            "smtp_listen": f"127.0.0.1:{self.smtp}",
            "lmtp_listen": f"127.0.0.1:{self.lmtp}",
            "own_mail_addresses": PQRS,
        }


@pytest.fixture
def at() -> Listeners:
    return Listeners()


async def rows(intake: Intake, **query: Any) -> list[dict[str, Any]]:
    return await intake.database.collection("submission_cases").find(query).to_list(None)


async def test_a_mail_is_a_case_once_it_is_answered_for(start: Start, at: Listeners, wire: Wire) -> None:
    async with start(RECEIVE, **at.settings) as intake:
        [(code, text)] = await by_smtp(at.smtp, lambda smtp: handed_over(smtp, crlf(mail())))
        [row] = await rows(intake)
        ready = await intake.http.get("/readyz")
        metrics = (await intake.http.get("/metrics")).text
        await wire.expect("intake-cases", 1)
    assert (code, text.decode().split()[-1]) == (250, row["_id"])
    assert (row["outcome"], row["via"], row["channel"]) == ("created", "smtp", "email")
    assert ready.status_code == 200
    assert 'ventanilla_mails_in_total{service="intake",via="smtp"} 1.0' in metrics
    assert 'ventanilla_mails_out_total{outcome="created",service="intake",via="smtp"} 1.0' in metrics


async def test_a_mail_to_two_of_our_addresses_is_one_submission_that_names_both(start: Start, at: Listeners) -> None:
    both = (SERVICE, "PQRS+x@caja.example")
    async with start(RECEIVE, **at.settings) as intake:
        [one] = await by_smtp(at.smtp, lambda smtp: handed_over(smtp, crlf(mail()), both))
        local = await by_smtp(at.lmtp, lambda lmtp: handed_over(lmtp, crlf(mail()), both), lmtp=True)
        [row] = await rows(intake)
        kept = b"".join([piece async for piece in _original(intake, row)])
    assert [code for code, _ in (one, *local)] == [250, 250, 250]
    assert kept.startswith(
        b"Return-Path: <ana@correo.example>\r\n"
        b"Delivered-To: servicio@caja.example\r\nDelivered-To: PQRS+x@caja.example\r\nReceived: from "
    )
    assert kept.endswith(crlf(mail()))


async def _original(intake: Intake, row: dict[str, Any]) -> AsyncIterator[bytes]:
    root = Path(intake.service.runtime.settings.files_url.removeprefix("file://"))
    sha256 = row["original"]["sha256"]
    yield (root / sha256[:2] / sha256[2:4] / sha256).read_bytes()


async def test_only_our_addresses_are_taken_and_each_recipient_is_answered_for(start: Start, at: Listeners) -> None:
    recipients = ("nadie@caja.example", SERVICE, "otro@otra.example")
    async with start(RECEIVE, **at.settings) as intake:
        for port, lmtp in ((at.smtp, False), (at.lmtp, True)):
            replies = await by_smtp(port, lambda smtp: handed_over(smtp, crlf(mail()), recipients), lmtp=lmtp)
            assert [code for code, _ in replies] == [550, 550, 250]
        alone = await by_smtp(at.smtp, lambda smtp: handed_over(smtp, crlf(mail("otro")), ("x@otra.example",)))
        assert len(await rows(intake)) == 1
        metrics = (await intake.http.get("/metrics")).text
    assert alone[0][1].decode().startswith("5.1.1 Esa direccion no es de esta entidad")
    assert 'ventanilla_mails_refused_total{service="intake",via="smtp",why="not-ours"} 3.0' in metrics


async def test_the_same_mail_by_every_way_at_once_is_one_case(start: Start, at: Listeners, wire: Wire) -> None:
    raw = mail("No me llegó.\n\n.\n..\n.fin")
    async with start(("api", "receive", "relay"), **at.settings) as intake:
        ways = [
            *(by_smtp(at.smtp, lambda smtp: handed_over(smtp, crlf(raw))) for _ in range(8)),
            *(by_smtp(at.lmtp, lambda lmtp: handed_over(lmtp, crlf(raw)), lmtp=True) for _ in range(8)),
        ]
        answers, told = await asyncio.gather(asyncio.gather(*ways), asyncio.gather(*(intake.mail(raw) for _ in "1234")))
        [case] = await wire.expect("intake-cases", 1)
        await wire.expect("intake-outcomes", 20)
    assert {code for [(code, _)] in answers} == {250}
    assert len({one["case_number"] for one in told}) == 1
    assert case.event.personal.text == "No me llegó.\n\n.\n..\n.fin\n"


async def test_many_sessions_share_a_commit(start: Start, at: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    batches, process = [], Processor.process

    async def counted(self: Processor, items: Any, now: Any = None) -> None:
        batches.append(len(items))
        await process(self, items, now)

    monkeypatch.setattr(Processor, "process", counted)
    async with start(RECEIVE, **at.settings) as intake:
        sends = (
            by_smtp(at.smtp, lambda smtp, n=n: handed_over(smtp, crlf(mail(str(n), message=f"<{n}@correo.example>"))))
            for n in range(40)
        )
        answers = await asyncio.gather(*sends)
        assert len(await rows(intake, outcome="created")) == 40
    assert {code for [(code, _)] in answers} == {250}
    assert max(batches) > 1
    assert len(batches) < 40


async def test_senders_and_lines_that_no_grammar_knows_are_taken(start: Start, at: Listeners) -> None:
    odd = [
        "<>",
        "<juan.@correo.example>",
        "<a..b@correo.example>",
        '<"con espacio"@correo.example>',
        "<@x.example:a@b.example>",
    ]
    async with start(RECEIVE, **at.settings) as intake:

        def talk(smtp: smtplib.SMTP) -> list[int]:
            smtp.ehlo()
            codes = []
            for n, sender in enumerate(odd):
                smtp.putcmd(f"MAIL FROM:{sender} BODY=8BITMIME")
                assert smtp.getreply()[0] == 250
                assert smtp.rcpt(SERVICE)[0] == 250
                raw = mail("x" * 5_000 + f"{n}", message=f"<{n}@correo.example>", headers="X-Long: " + "y" * 2_000)
                codes.append(smtp.data(crlf(raw))[0])
            return codes

        assert await by_smtp(at.smtp, talk) == [250] * 5
        outcomes = Counter((row["outcome"], row["reason"]) for row in await rows(intake))
    assert outcomes == {("created", None): 4, ("ignored", "null-return-path"): 1}


async def test_what_is_too_large_is_refused_before_it_is_read_or_without_keeping_it(
    start: Start, at: Listeners
) -> None:
    large = crlf(mail("x" * 70 + "\n") + b"y" * 150_000)
    async with start(RECEIVE, largest_mail=100_000, **at.settings) as intake:

        def undeclared(smtp: smtplib.SMTP) -> list[int]:
            smtp.ehlo()
            codes = []
            for raw in (large, crlf(mail())):
                smtp.mail("ana@correo.example")
                smtp.rcpt(SERVICE)
                codes.append(smtp.data(raw)[0])
            return codes

        declared = await by_smtp(at.smtp, lambda smtp: handed_over(smtp, large))
        assert [code for code, _ in declared] == [552]
        assert await by_smtp(at.smtp, undeclared) == [552, 250]
        both = await by_smtp(at.lmtp, lambda lmtp: _undeclared(lmtp, large, (SERVICE, PQRS)), lmtp=True)
        assert [code for code, _ in both] == [552, 552]
        assert len(await rows(intake)) == 1


def _undeclared(client: smtplib.SMTP, raw: bytes, recipients: tuple[str, ...]) -> list[tuple[int, bytes]]:
    client.ehlo_or_helo_if_needed()
    client.mail("ana@correo.example")
    for recipient in recipients:
        client.rcpt(recipient)
    return [client.data(raw), *(client.getreply() for _ in recipients[1:])]


async def test_a_mail_larger_than_a_file_may_be_is_filed_all_the_same(start: Start, at: Listeners) -> None:
    raw = crlf(mail("una línea de setenta letras que se repite hasta que es mucho texto\n" * 420_000))
    assert len(raw) > 26_000_000
    async with start(RECEIVE, **at.settings) as intake:
        [(code, _)] = await by_smtp(at.smtp, lambda smtp: handed_over(smtp, raw))
        [row] = await rows(intake)
    assert (code, row["outcome"], row["original"]["size"] > len(raw)) == (250, "created", True)


@pytest.mark.parametrize("away", ["database", "files"])
async def test_while_something_is_away_the_sender_keeps_the_mail(
    start: Start, at: Listeners, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    async with start(RECEIVE, **at.settings) as intake:
        with monkeypatch.context() as broken:
            if away == "database":
                broken.setattr(Processor, "process", _unavailable)
            else:
                broken.setattr(DirectoryFiles, "put", _no_disk)
            [(code, text)] = await by_smtp(at.smtp, lambda smtp: handed_over(smtp, crlf(mail())))
            local = await by_smtp(at.lmtp, lambda lmtp: handed_over(lmtp, crlf(mail()), (SERVICE, PQRS)), lmtp=True)
        assert (code, [one for one, _ in local]) == (451, [451, 451])
        assert b"intente mas tarde" in text
        assert await rows(intake) == []
        [(code, _)] = await by_smtp(at.smtp, lambda smtp: handed_over(smtp, crlf(mail())))
        assert (code, len(await rows(intake))) == (250, 1)


async def _unavailable(*_: Any) -> None:
    raise Unavailable("no primary")


async def _no_disk(*_: Any) -> None:
    raise OSError(28, "No space left on device")


async def test_a_mail_that_breaks_what_reads_it_is_held_once(
    start: Start, at: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = MailDoor.submission

    async def breaking(self: MailDoor, read: Any, **own: Any) -> Any:
        if b"bomba" in read.raw:
            raise RecursionError
        return await submission(self, read, **own)

    monkeypatch.setattr(MailDoor, "submission", breaking)
    async with start(("api", "receive"), **at.settings) as intake:
        for port, lmtp in ((at.smtp, False), (at.lmtp, True), (at.smtp, False)):
            [(code, _)] = await by_smtp(port, lambda smtp: handed_over(smtp, crlf(mail("bomba"))), lmtp=lmtp)
            assert code == 250
        [row] = await rows(intake)
        listed = await intake.http.get("/v1/held", headers=ADVISER)
    assert (row["outcome"], row["reason"]) == ("held", "unparseable")
    assert [item["reason"] for item in listed.json()["items"]] == ["unparseable"]


async def test_a_mail_that_cannot_be_saved_is_held_and_the_others_are_filed(
    start: Start, at: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = Processor.process

    async def failing(self: Processor, items: Any, now: Any = None) -> None:
        for item in items:
            if "bomba" in item.message.form.text:
                item.outcome = ZeroDivisionError()
        await process(self, [item for item in items if "bomba" not in item.message.form.text], now)

    monkeypatch.setattr(Processor, "process", failing)
    async with start(RECEIVE, **at.settings) as intake:
        texts = ("bomba", "buena")
        sends = (by_smtp(at.smtp, lambda smtp, text=text: handed_over(smtp, crlf(mail(text)))) for text in texts)
        answers = await asyncio.gather(*sends)
        found = {(row["outcome"], row["reason"]) for row in await rows(intake)}
    assert {code for [(code, _)] in answers} == {250}
    assert found == {("created", None), ("held", "unprocessable")}


async def test_whoever_is_not_among_the_peers_or_comes_when_it_is_full_is_sent_away(
    start: Start, at: Listeners
) -> None:
    async with start(RECEIVE, receive_peers="10.0.0.0/8", **at.settings):
        with pytest.raises(smtplib.SMTPConnectError, match="554"):
            await by_smtp(at.smtp, lambda smtp: smtp.noop())
    async with start(RECEIVE, receive_peers="127.0.0.0/8", receive_connections=1, **at.settings):
        full = []

        def talk(_: smtplib.SMTP) -> None:
            try:
                smtplib.SMTP("127.0.0.1", at.smtp, timeout=20)
            except smtplib.SMTPConnectError as error:
                full.append(error.smtp_code)

        await by_smtp(at.smtp, talk)
    assert full == [421]


async def test_more_recipients_than_are_taken_are_put_off_and_the_mail_is_taken(start: Start, at: Listeners) -> None:
    async with start(RECEIVE, receive_recipients=1, **at.settings) as intake:
        replies = await by_smtp(at.smtp, lambda smtp: handed_over(smtp, crlf(mail()), (SERVICE, PQRS)))
        assert [code for code, _ in replies] == [452, 250]
        assert len(await rows(intake)) == 1


async def test_a_silent_connection_is_ended(start: Start, at: Listeners) -> None:
    async with start(RECEIVE, receive_timeout_seconds=0.3, **at.settings):
        with pytest.raises(smtplib.SMTPServerDisconnected):
            await by_smtp(at.smtp, _silent)


def _silent(smtp: smtplib.SMTP) -> None:
    smtp.ehlo()
    assert smtp.sock is not None
    smtp.sock.recv(1)
    smtp.noop()


@pytest.mark.parametrize("how", ["offered", "required", "immediate"])
async def test_mail_comes_encrypted(start: Start, at: Listeners, tmp_path: Path, how: str) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    file, key = certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(file))
    tls = {"receive_certificate": file, "receive_key": key, "receive_tls": how}

    def talk(smtp: smtplib.SMTP) -> list[tuple[int, bytes]]:
        if how != "immediate":
            plain = handed_over(smtp, crlf(mail()))
            assert plain[0][0] == (530 if how == "required" else 250)
            smtp.starttls(context=context)
        smtp.ehlo()
        assert not smtp.has_extn("auth")
        return handed_over(smtp, crlf(mail("cifrado", message="<cifrado@correo.example>")))

    def immediately() -> list[tuple[int, bytes]]:
        with smtplib.SMTP_SSL("127.0.0.1", at.smtp, timeout=20, context=context) as smtp:
            return talk(smtp)

    async with start(RECEIVE, **tls, **at.settings) as intake:
        await eventually(lambda: _open(at.smtp))
        answers = await (in_a_thread(immediately) if how == "immediate" else by_smtp(at.smtp, talk))
        [row] = await rows(intake, external_id="<cifrado@correo.example>")
        kept = b"".join([piece async for piece in _original(intake, row)])
    assert answers[0][0] == 250
    assert b"with ESMTPS;" in kept


def _open(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


async def test_at_the_end_who_is_being_answered_is_answered_and_the_others_are_sent_away(
    start: Start, at: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing, go_on = asyncio.Event(), asyncio.Event()
    submission = MailDoor.submission

    async def slow(self: MailDoor, *args: Any, **own: Any) -> Any:
        filing.set()
        await go_on.wait()
        return await submission(self, *args, **own)

    monkeypatch.setattr(MailDoor, "submission", slow)
    last: list[bytes] = []
    greeted = threading.Event()

    def idle(smtp: smtplib.SMTP) -> None:
        smtp.ehlo()
        greeted.set()
        assert smtp.file is not None
        last.append(smtp.file.readline())
        with contextlib.suppress(smtplib.SMTPServerDisconnected):
            smtp.noop()
        raise EOFError

    stack = contextlib.AsyncExitStack()
    intake = await stack.enter_async_context(start(RECEIVE, **at.settings))
    others = asyncio.create_task(by_smtp(at.smtp, idle))
    sending = asyncio.create_task(by_smtp(at.smtp, lambda smtp: handed_over(smtp, crlf(mail()))))
    await in_a_thread(lambda: greeted.wait(20))
    await filing.wait()
    ending = asyncio.create_task(stack.aclose())
    with contextlib.suppress(EOFError, smtplib.SMTPServerDisconnected):
        await others
    go_on.set()
    [(code, _)] = await sending
    await ending
    assert code == 250
    assert last[0].startswith(b"421 4.3.2 El servicio se esta deteniendo")
    assert len(await rows(intake)) == 1
