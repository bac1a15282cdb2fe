# SPDX-License-Identifier: Apache-2.0
"""What a mail server's behaviour means for a mail."""

import asyncio

import pytest
from recording_sink import Sink, sink

from chassis.testing import TIMEOUT
from notifications.mail import Mail
from notifications.smtp import (
    Away,
    HandedOver,
    InDoubt,
    Mailer,
    MailServerAway,
    Postponed,
    Rejected,
    Taken,
    start_tls_for,
)

A, B = "a@caja.example", "b@caja.example"


def mail(*to: str, utf8: bool = False) -> Mail:
    return Mail("servicio@caja.example", to, b"Subject: hola\r\n\r\n.hola\r\n", utf8)


def mailer(server: Sink, seconds: float = TIMEOUT) -> Mailer:
    return Mailer(server.url, seconds, "caja.example")


@pytest.mark.parametrize(
    ("refusals", "after_data", "expected", "taken"),
    [
        ({}, [], Taken(), [(A, B)]),
        ({B: "550 5.1.1 <b@caja.example> nobody here"}, [], Taken({B: "550 5.1.1 … nobody here"}), [(A,)]),
        ({A: "550 5.1.1 no", B: "550 5.1.1 no"}, [], Rejected("550 5.1.1 no"), []),
        ({B: "450 4.2.1 later"}, [], Postponed("450 4.2.1 later"), []),
        ({}, ["451 4.3.0 busy"], Postponed("451 4.3.0 busy"), []),
        ({}, ["554 5.7.1 spam"], Rejected("554 5.7.1 spam"), []),
        ({}, [None], InDoubt("the connection failed"), [(A, B)]),
    ],
    ids=["taken", "one refused", "all refused", "one later", "busy", "content refused", "no word after the message"],
)
async def test_the_answers_of_a_mail_server(
    refusals: dict[str, str], after_data: list[str | None], expected: HandedOver, taken: list[tuple[str, ...]]
) -> None:
    async with sink(refusals=refusals, after_data=after_data) as server:
        one = mailer(server)
        assert await one.hand_over(mail(A, B)) == expected
        assert [to for to, _ in server.taken] == taken
        assert await one.hand_over(mail("c@caja.example")) == Taken(), "the connection is good for the next"
        await one.quit()


async def test_one_connection_serves_many_mails() -> None:
    async with sink() as server:
        one = mailer(server)
        for _ in range(5):
            assert await one.hand_over(mail(A)) == Taken()
        assert server.connections == 1
        assert server.taken[0][1] == b"Subject: hola\r\n\r\n.hola\r\n", "dots travel safely"
        await one.quit()


async def test_a_connection_that_was_closed_while_idle_is_opened_anew() -> None:
    async with sink() as server:
        one = mailer(server)
        assert await one.hand_over(mail(A)) == Taken()
        server.hang_up()
        assert await one.hand_over(mail(A)) == Taken()
        assert server.connections == 2
        await one.quit()


async def test_silence_after_the_message_is_doubt_within_the_time_of_one_mail() -> None:
    async with sink(gate=asyncio.Event()) as server:
        while not server.waiting:  # on a busy machine it may be over before the message is there
            outcome = await mailer(server, seconds=1).hand_over(mail(A))
        assert isinstance(outcome, InDoubt)


async def test_nobody_at_the_door_is_not_about_the_letter() -> None:
    async with sink() as server:
        one = mailer(server)
    with pytest.raises(MailServerAway):
        await one.connect()
    assert isinstance(await one.hand_over(mail(A)), Away)


async def test_an_address_with_accents_goes_to_a_server_that_can() -> None:
    async with sink() as server:
        one = mailer(server)
        assert await one.hand_over(mail("peña@caja.example", utf8=True)) == Taken()
        await one.quit()


async def test_a_password_does_not_travel_in_the_clear_to_another_machine() -> None:
    assert start_tls_for("smtp", "mail.example", "user") is True
    assert start_tls_for("smtp", "mail.example", None) is None
    assert start_tls_for("smtp", "127.0.0.1", "user") is None
    assert start_tls_for("smtp+starttls", "127.0.0.1", None) is True
