# SPDX-License-Identifier: Apache-2.0
import pytest

from intake.mail.imap_address import ImapAddress, parse_imap_address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("imap://ana:x@mail.example", ImapAddress("mail.example", 143, False, "ana", "x")),
        (
            "imaps://pqrs%40caja.example:p%3Aw@mail.example:1993/PQRS/Nuevas",
            ImapAddress("mail.example", 1993, True, "pqrs@caja.example", "p:w", "PQRS/Nuevas"),
        ),
        (
            "imaps://pqrs%40caja.example;AUTH=XOAUTH2:1%2F%2Frefresh@mail.example",
            ImapAddress("mail.example", 993, True, "pqrs@caja.example", "1//refresh", by_token=True),
        ),
        (
            "imaps://;auth=xoauth2@mail.example/PQRS",
            ImapAddress("mail.example", 993, True, "servicio@caja.example", "", "PQRS", by_token=True),
        ),
        ("imap://127.0.0.1:3143", ImapAddress("127.0.0.1", 3143, False, "servicio@caja.example", "")),
    ],
)
def test_an_address_says_where_a_mailbox_is(url: str, expected: ImapAddress) -> None:
    assert parse_imap_address(url, "servicio@caja.example") == expected


def test_an_address_does_not_show_its_password() -> None:
    found = parse_imap_address("imaps://ana:secret@mail.example", "")
    assert "secret" not in repr(found) + found.name


@pytest.mark.parametrize("url", ["", "http://mail.example", "imap://", "mail.example"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="imap"):
        parse_imap_address(url, "")


def test_another_way_to_log_in_than_by_password_or_token_is_refused() -> None:
    with pytest.raises(ValueError, match="XOAUTH2"):
        parse_imap_address("imap://ana;AUTH=GSSAPI@mail.example", "")
