# SPDX-License-Identifier: Apache-2.0
"""A refresh token that works once: the next one is kept, and whoever comes after goes on with it."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from imap_with_tokens import TokenEndpoint, token_endpoint
from pydantic import ValidationError

from chassis.mongo import Unavailable
from intake.mail import oauth
from intake.mail.oauth import OAuthClient, TokenRefused, Tokens
from intake.mail.settings import MailSettings
from intake.mail.token_shelf import NoShelf, right_key

REFRESH = "r-1"


class Remembered:
    """What a database keeps, without one."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.away = False

    def last(self, configured: str) -> str | None:
        self._look()
        return self.kept.get(configured)

    def keep(self, configured: str, given: str) -> None:
        self._look()
        self.kept[configured] = given

    def _look(self) -> None:
        if self.away:
            raise Unavailable("away")


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with token_endpoint(TokenEndpoint([])) as one:
        yield one


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moment = [1_000.0]
    monkeypatch.setattr(oauth, "monotonic", lambda: moment[0])
    return moment


def given(n: int, **more: Any) -> tuple[int, dict[str, Any]]:
    return 200, {"access_token": f"t-{n}", "expires_in": 3600, **more}


SPENT = (400, {"error": "invalid_grant"})


def tokens_of(endpoint: TokenEndpoint, shelf: Remembered | NoShelf | None) -> Tokens:
    return Tokens(OAuthClient(endpoint.url, "intake"), shelf)


def sent(endpoint: TokenEndpoint) -> list[str]:
    return [form["refresh_token"] for form in endpoint.asked]


def test_the_next_process_goes_on_with_the_token_that_was_given_last(endpoint: TokenEndpoint) -> None:
    shelf = Remembered()
    endpoint.answers = [given(1, refresh_token="r-2"), given(2, refresh_token="r-3"), given(3)]
    assert [tokens_of(endpoint, shelf).token(REFRESH) for _ in range(3)] == ["t-1", "t-2", "t-3"]
    assert sent(endpoint) == ["r-1", "r-2", "r-3"]
    assert shelf.kept == {REFRESH: "r-3"}


def test_where_the_kept_one_is_not_taken_the_one_of_the_settings_is(endpoint: TokenEndpoint) -> None:
    shelf = Remembered()
    shelf.kept[REFRESH] = "of a backup"
    endpoint.answers = [SPENT, given(1, refresh_token="r-2")]
    assert tokens_of(endpoint, shelf).token(REFRESH) == "t-1"
    assert sent(endpoint) == ["of a backup", "r-1"]
    assert shelf.kept == {REFRESH: "r-2"}


def test_what_another_process_was_given_meanwhile_is_used(endpoint: TokenEndpoint, now: list[float]) -> None:
    shelf = Remembered()
    endpoint.answers = [given(1, refresh_token="r-2"), given(2)]
    tokens = tokens_of(endpoint, shelf)
    tokens.token(REFRESH)
    shelf.kept[REFRESH] = "r-3"
    now[0] += 4_000
    assert tokens.token(REFRESH) == "t-2"
    assert sent(endpoint) == ["r-1", "r-3"]


def test_a_token_that_could_not_be_kept_is_used_and_kept_at_the_next_login(
    endpoint: TokenEndpoint, now: list[float]
) -> None:
    shelf = Remembered()
    endpoint.answers = [given(1, refresh_token="r-2"), given(2)]
    tokens = tokens_of(endpoint, shelf)
    keep, shelf.keep = shelf.keep, _fails  # type: ignore[method-assign]
    assert tokens.token(REFRESH) == "t-1"
    assert shelf.kept == {}
    shelf.keep = keep  # type: ignore[method-assign]
    assert tokens.token(REFRESH) == "t-1"
    assert shelf.kept == {REFRESH: "r-2"}


def _fails(configured: str, given: str) -> None:
    raise Unavailable("away")


def test_while_the_database_is_away_no_token_is_used_up(endpoint: TokenEndpoint) -> None:
    shelf = Remembered()
    shelf.away = True
    with pytest.raises(TokenRefused, match="database"):
        tokens_of(endpoint, shelf).token(REFRESH)
    assert endpoint.asked == []


def test_an_endpoint_that_is_away_uses_up_no_other_token(endpoint: TokenEndpoint) -> None:
    shelf = Remembered()
    shelf.kept[REFRESH] = "r-2"
    endpoint.answers = [(503, {})]
    with pytest.raises(TokenRefused, match="503"):
        tokens_of(endpoint, shelf).token(REFRESH)
    assert sent(endpoint) == ["r-2"]


def test_without_a_key_it_is_used_until_the_process_ends_and_the_log_says_so_once(
    endpoint: TokenEndpoint, now: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint.answers = [given(1, refresh_token="secret-2"), given(2, refresh_token="secret-3"), given(3)]
    tokens = tokens_of(endpoint, None)
    for _ in range(3):
        tokens.token(REFRESH)
        now[0] += 4_000
    assert sent(endpoint) == ["r-1", "secret-2", "secret-3"]
    told = "".join(capsys.readouterr())
    assert told.count("refresh-token-not-kept") == 1
    assert "secret-" not in told


def test_a_key_that_is_none_stops_the_start_and_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    key = Fernet.generate_key().decode()
    assert right_key(key)
    with pytest.raises(ValidationError, match="32 bytes") as refused:
        MailSettings.model_validate({"imap_token_keys": f"{key},tres-tristes-tigres"})
    told = [error["msg"] for error in refused.value.errors(include_input=False) if "imap_token_keys" in error["loc"]]
    assert told
    assert "tristes" not in str(told)
