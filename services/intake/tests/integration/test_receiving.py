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
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from intake_house import ADVISER, Intake, Start, mail
from mail_house import SERVICE, by_smtp, certificate, crlf, handed_over, in_a_thread

from chassis.batch import Processor
from chassis.files import LARGEST, DirectoryFiles
from chassis.mongo import Unavailable
from chassis.testing import TIMEOUT, Wire, eventually, free_port
from intake.mail import receiving
from intake.mail.door import MailDoor

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


async def test_a_mail_is_filed_once_it_is_answered_for_and_names_all_its_recipients(
    start: Start, at: Listeners, wire: Wire
) -> None:
    both = (SERVICE, "PQRS+x@caja.example")
    async with start(RECEIVE, **at.settings) as intake:
        [(code, text)] = await by_smtp(at.smtp, partial(handed_over, raw=crlf(mail()), recipients=both))
        [row] = await rows(intake)
        local = await by_smtp(at.lmtp, partial(handed_over, raw=crlf(mail()), recipients=both), lmtp=True)
        ready = await intake.http.get("/readyz")
        metrics = (await intake.http.get("/metrics")).text
        await wire.expect("intake-cases", 1)
        kept = original(intake, row)
    assert (code, text.decode().split()[-1]) == (250, row["_id"])
    assert [code for code, _ in local] == [250, 250]
    assert (row["outcome"], row["via"], row["channel"]) == ("created", "smtp", "email")
    assert kept.startswith(
        b"Return-Path: <ana@correo.example>\r\n"
        b"Delivered-To: servicio@caja.example\r\nDelivered-To: PQRS+x@caja.example\r\nReceived: from "
    )
    assert kept.endswith(crlf(mail()))
    assert ready.status_code == 200
    for way in ("smtp", "lmtp"):
        assert f'ventanilla_mails_in_total{{service="intake",via="{way}"}} 1.0' in metrics
        assert f'ventanilla_mails_out_total{{outcome="created",service="intake",via="{way}"}} 1.0' in metrics


def original(intake: Intake, row: dict[str, Any]) -> bytes:
    root = Path(intake.service.runtime.settings.files_url.removeprefix("file://"))
    sha256: str = row["original"]["sha256"]
    return (root / sha256[:2] / sha256[2:4] / sha256).read_bytes()


ODD = [
    "<>",
    "<juan.@correo.example>",
    "<a..b@correo.example>",
    '<"con espacio"@correo.example>',
    "<@x.example:a@b.example>",
]


async def test_only_mail_for_us_is_taken_and_of_that_all(start: Start, at: Listeners) -> None:
    """Each recipient is answered for; senders and lines that no grammar knows are taken."""
    recipients = ("nadie@caja.example", SERVICE, "otro@otra.example", PQRS)
    async with start(RECEIVE, receive_recipients=1, **at.settings) as intake:
        for port, lmtp in ((at.smtp, False), (at.lmtp, True)):
            replies = await by_smtp(port, partial(handed_over, raw=crlf(mail()), recipients=recipients), lmtp=lmtp)
            assert [code for code, _ in replies] == [550, 550, 452, 250]
        alone = partial(handed_over, raw=crlf(mail("otro")), recipients=("x@otra.example",))
        [(_, words)] = await by_smtp(at.smtp, alone)
        assert len(await rows(intake)) == 1
        metrics = (await intake.http.get("/metrics")).text
        assert await by_smtp(at.smtp, _odd_senders) == [250] * len(ODD)
        outcomes = Counter((row["outcome"], row["reason"]) for row in await rows(intake))
    assert words.decode().startswith("5.1.1 Esa direccion no es de esta entidad")
    assert 'ventanilla_mails_refused_total{service="intake",via="smtp",why="not-ours"} 3.0' in metrics
    assert outcomes == {("created", None): 5, ("ignored", "null-return-path"): 1}


def _odd_senders(smtp: smtplib.SMTP) -> list[int]:
    smtp.ehlo()
    codes = []
    for n, sender in enumerate(ODD):
        smtp.putcmd(f"MAIL FROM:{sender} BODY=8BITMIME")
        assert smtp.getreply()[0] == 250
        assert smtp.rcpt(SERVICE)[0] == 250
        raw = mail("x" * 5_000 + f"{n}", message=f"<{n}@correo.example>", headers="X-Long: " + "y" * 2_000)
        codes.append(smtp.data(crlf(raw))[0])
    return codes


async def test_the_same_mail_by_every_way_at_once_is_one_case_and_sessions_share_commits(
    start: Start, at: Listeners, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches, process = [], Processor.process

    async def counted(self: Processor, items: Any, now: Any = None) -> None:
        batches.append(len(items))
        await process(self, items, now)

    monkeypatch.setattr(Processor, "process", counted)
    raw = mail("No me llegó.\n\n.\n..\n.fin")
    async with start(("api", "receive", "relay"), **at.settings) as intake:
        others = (mail(str(n), message=f"<{n}@correo.example>") for n in range(30))
        ways = [
            *(by_smtp(at.smtp, partial(handed_over, raw=crlf(raw))) for _ in range(8)),
            *(by_smtp(at.lmtp, partial(handed_over, raw=crlf(raw)), lmtp=True) for _ in range(8)),
            *(by_smtp(at.smtp, partial(handed_over, raw=crlf(other))) for other in others),
        ]
        answers, told = await asyncio.gather(asyncio.gather(*ways), asyncio.gather(*(intake.mail(raw) for _ in "1234")))
        cases = await wire.expect("intake-cases", 31)
        await wire.expect("intake-outcomes", 50)
    assert {code for [(code, _)] in answers} == {250}
    [number] = {one["case_number"] for one in told}
    [case] = [seen for seen in cases if seen.event.case_number == number]
    assert case.event.personal.text == "No me llegó.\n\n.\n..\n.fin\n"
    assert len(batches) < 50


async def test_a_mail_larger_than_a_file_may_be_is_filed_all_the_same(start: Start, at: Listeners) -> None:
    scan = b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + (b"A" * 76 + b"\n") * 340_000
    kind = b'multipart/mixed; boundary="a"'
    raw = crlf(mail().replace(b"text/plain; charset=utf-8", kind) + b"--a\n\nVa.\n--a\n" + scan + b"--a--\n")
    assert LARGEST < len(raw) < 40_000_000
    async with start(RECEIVE, **at.settings) as intake:
        [(code, _)] = await by_smtp(at.smtp, partial(handed_over, raw=raw))
        [row] = await rows(intake)
    assert (code, row["outcome"], row["original"]["size"] > len(raw), len(row["files"])) == (250, "created", True, 1)


async def test_a_mail_is_filed_or_held_or_stays_with_its_sender_whatever_breaks(
    start: Start, at: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start(("api", "receive"), **at.settings) as intake:
        for broken, name, how in ((Processor, "process", _unavailable), (DirectoryFiles, "put", _no_disk)):
            with monkeypatch.context() as away:
                away.setattr(broken, name, how)
                [(code, words)] = await by_smtp(at.smtp, partial(handed_over, raw=crlf(mail())))
                both = partial(handed_over, raw=crlf(mail()), recipients=(SERVICE, PQRS))
                local = await by_smtp(at.lmtp, both, lmtp=True)
            assert (code, [one for one, _ in local]) == (451, [451, 451])
            assert b"intente mas tarde" in words
            assert await rows(intake) == []
        monkeypatch.setattr(MailDoor, "submission", _breaking(MailDoor.submission))
        monkeypatch.setattr(Processor, "process", _failing(Processor.process))
        for text in ("ilegible", "imposible", "buena", "ilegible"):
            raw = crlf(mail(text, message=f"<{text}@correo.example>"))
            for port, lmtp in ((at.smtp, False), (at.lmtp, True)):
                [(code, _)] = await by_smtp(port, partial(handed_over, raw=raw), lmtp=lmtp)
                assert code == 250
        found = sorted((row["outcome"], row["reason"] or "") for row in await rows(intake))
        listed = await intake.http.get("/v1/held", headers=ADVISER)
    assert found == [("created", ""), ("held", "unparseable"), ("held", "unprocessable")]
    assert len(listed.json()["items"]) == 2


async def _unavailable(*_: Any) -> None:
    raise Unavailable("no primary")


async def _no_disk(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def _breaking(submission: Any) -> Any:
    async def breaks(self: MailDoor, read: Any, **own: Any) -> Any:
        if b"ilegible" in read.raw:
            raise RecursionError
        return await submission(self, read, **own)

    return breaks


def _failing(process: Any) -> Any:
    async def fails(self: Processor, items: Any, now: Any = None) -> None:
        bad = [item for item in items if "imposible" in item.message.form.text]
        for item in bad:
            item.outcome = ZeroDivisionError()
        await process(self, [item for item in items if item not in bad], now)

    return fails


async def test_who_comes_when_it_is_full_is_sent_away_and_who_says_nothing_is_left(start: Start, at: Listeners) -> None:
    def one_more(_: smtplib.SMTP) -> int:
        with pytest.raises(smtplib.SMTPConnectError) as sent_away:
            smtplib.SMTP("127.0.0.1", at.smtp, timeout=TIMEOUT)
        return sent_away.value.smtp_code

    def says_nothing(smtp: smtplib.SMTP) -> None:
        assert smtp.sock is not None
        smtp.sock.recv(1)  # until it hangs up
        smtp.noop()

    async with start(RECEIVE, receive_connections=1, **at.settings):
        assert await by_smtp(at.smtp, one_more) == 421
    async with start(RECEIVE, receive_timeout_seconds=1, **at.settings):
        with pytest.raises(smtplib.SMTPServerDisconnected):
            await by_smtp(at.smtp, says_nothing)


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


@pytest.mark.parametrize("how", ["required", "immediate"])
async def test_mail_comes_encrypted(start: Start, at: Listeners, tmp_path: Path, how: str) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    file, key = certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(file))
    tls = {"receive_certificate": file, "receive_key": key, "receive_tls": how}

    def talk(smtp: smtplib.SMTP) -> list[tuple[int, bytes]]:
        if how != "immediate":
            assert handed_over(smtp, crlf(mail()))[0][0] == 530
            smtp.starttls(context=context)
        smtp.ehlo()
        assert not smtp.has_extn("auth")
        return handed_over(smtp, crlf(mail("cifrado", message="<cifrado@correo.example>")))

    def immediately() -> list[tuple[int, bytes]]:
        with smtplib.SMTP_SSL("127.0.0.1", at.smtp, timeout=TIMEOUT, context=context) as smtp:
            return talk(smtp)

    async with start(RECEIVE, **tls, **at.settings) as intake:
        await eventually(lambda: _open(at.smtp))
        answers = await (in_a_thread(immediately) if how == "immediate" else by_smtp(at.smtp, talk))
        [row] = await rows(intake, external_id="<cifrado@correo.example>")
        kept = original(intake, row)
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

    monkeypatch.setattr(receiving, "GRACE_SECONDS", TIMEOUT)
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
    assert await in_a_thread(lambda: greeted.wait(TIMEOUT))
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
