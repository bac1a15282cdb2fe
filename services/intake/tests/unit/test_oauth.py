# SPDX-License-Identifier: Apache-2.0
"""Mailboxes whose servers take access tokens (XOAUTH2), over real sockets."""

from collections.abc import Iterator
from typing import Any

import pytest
from imap_with_tokens import MailServer, TokenEndpoint, mail_server, token_endpoint

from intake.mail import oauth
from intake.mail.imap import ImapMailbox, MailboxAway
from intake.mail.imap_address import parse_imap_address
from intake.mail.oauth import OAuthClient, TokenRefused, Tokens

REFRESH, RAW = "1//refresh", b"From: ana@correo.example\r\n\r\nHola\r\n"


def given(token: str, **more: Any) -> tuple[int, dict[str, Any]]:
    return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600, **more}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server(MailServer({"t-1"}, [RAW])) as house:
        yield house


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with token_endpoint(TokenEndpoint([given("t-1")])) as one:
        yield one


def tokens_of(endpoint: TokenEndpoint, scope: str = "") -> Tokens:
    return Tokens(OAuthClient(endpoint.url, "intake", "s3cret", scope))


def mailbox(server: MailServer, tokens: Tokens, refresh: str = "1%2F%2Frefresh") -> ImapMailbox:
    url = f"imap://pqrs%40caja.example;AUTH=XOAUTH2:{refresh}@127.0.0.1:{server.port}"
    return ImapMailbox(parse_imap_address(url, ""), tokens)


def test_a_mailbox_is_read_with_an_access_token_which_is_asked_for_once(
    server: MailServer, endpoint: TokenEndpoint
) -> None:
    tokens = tokens_of(endpoint)
    for _ in range(2):
        box = mailbox(server, tokens)
        listing = box.behind(None, 0, 10)
        assert box.bytes_of_all(listing.mails, 1_000) == {1: RAW}
        box.close()
    assert server.logins == [b"user=pqrs@caja.example\x01auth=Bearer t-1\x01\x01"] * 2
    assert endpoint.asked == [
        {"client_id": "intake", "client_secret": "s3cret", "grant_type": "refresh_token", "refresh_token": REFRESH}
    ]


def test_without_a_refresh_token_the_program_asks_in_its_own_name(server: MailServer, endpoint: TokenEndpoint) -> None:
    scope = "https://outlook.office365.com/.default"
    box = mailbox(server, tokens_of(endpoint, scope), refresh="")
    box.behind(None, 0, 1)
    box.close()
    assert endpoint.asked == [
        {"client_id": "intake", "client_secret": "s3cret", "grant_type": "client_credentials", "scope": scope}
    ]


def test_a_token_that_is_not_taken_is_asked_for_anew(server: MailServer, endpoint: TokenEndpoint) -> None:
    endpoint.answers = [given("revoked"), given("t-1")]
    box = mailbox(server, tokens_of(endpoint))
    with pytest.raises(MailboxAway):
        box.behind(None, 0, 1)
    assert server.challenged == [b""]
    assert len(box.behind(None, 0, 1).mails) == 1
    box.close()


def test_a_token_is_asked_for_anew_shortly_before_its_end_with_the_newest_refresh_token(
    endpoint: TokenEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(oauth, "monotonic", lambda: now)
    endpoint.answers = [given("t-1", refresh_token="r-2"), given("t-2")]
    tokens = tokens_of(endpoint)
    assert tokens.token(REFRESH) == "t-1"
    now += 3_600 - oauth.SECONDS_BEFORE_ITS_END - 1
    assert tokens.token(REFRESH) == "t-1"
    now += 2
    assert tokens.token(REFRESH) == "t-2"
    assert [form["refresh_token"] for form in endpoint.asked] == [REFRESH, "r-2"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((400, {"error": "invalid_grant", "error_description": "AADSTS70008 of a person"}), "400 invalid_grant"),
        ((200, {"token_type": "Bearer"}), "200"),
        ((503, {}), "503"),
    ],
)
def test_who_gives_no_token_is_named_and_nothing_secret_is(
    server: MailServer, endpoint: TokenEndpoint, answer: tuple[int, dict[str, Any]], why: str
) -> None:
    endpoint.answers = [answer]
    with pytest.raises(MailboxAway) as away:
        mailbox(server, tokens_of(endpoint)).behind(None, 0, 1)
    assert str(away.value) == f"no access token: {why}"
    assert server.logins == []


def test_an_endpoint_that_is_away_is_no_end() -> None:
    with pytest.raises(TokenRefused, match="ConnectError"):
        Tokens(OAuthClient("http://127.0.0.1:1/token", "intake")).token()


@pytest.mark.parametrize(("said", "holds"), [("3600", 3_600.0), (None, 3_600.0), ("soon", 3_600.0), (600, 600.0)])
def test_how_long_a_token_holds(said: object, holds: float) -> None:
    assert oauth._seconds({"expires_in": said}) == holds
