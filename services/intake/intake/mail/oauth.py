# SPDX-License-Identifier: Apache-2.0
"""Access tokens for mailboxes that take no password: Microsoft 365, Google (RFC 6749; XOAUTH2).

Asked for when a mailbox logs in, kept until shortly before they expire. Blocking: call it in a thread.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx

from chassis.log import get_logger
from chassis.mongo import Unavailable
from intake.mail.token_shelf import NoShelf, Shelf

SECONDS_TO_ANSWER = 20
SECONDS_BEFORE_ITS_END = 60.0
"""A token that ends sooner is not used any more: the clocks of the two sides may differ."""
LEAST_SECONDS = 30.0
_log = get_logger(__name__)


class TokenRefused(Exception):
    """The token endpoint is away or gives none; says why in its words, never what was sent.

    ``for_good``: it answered, and will not take what was sent another time either.
    """

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """As which program intake asks, and where."""

    token_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    scope: str = ""


@dataclass(slots=True)
class _Kept:
    access_token: str
    until: float
    refresh_token: str
    unsaved: bool = False


class Tokens:
    """One token for each refresh token, or for the program itself where there is none (client credentials).

    ``shelf`` keeps the refresh tokens that come in place of those of the settings.
    """

    def __init__(self, client: OAuthClient, shelf: Shelf | None = None) -> None:
        self._client = client
        self._shelf = shelf or NoShelf()
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def token(self, refresh_token: str = "") -> str:
        """Raises TokenRefused."""
        with self._lock:
            kept = self._kept.get(refresh_token)
            if kept is None or kept.until <= monotonic():
                kept = self._kept[refresh_token] = self._anew(refresh_token, kept)
            self._save(refresh_token, kept)
            return kept.access_token

    def forget(self, refresh_token: str = "") -> None:
        """It was not taken: ask for another one next time."""
        with self._lock:
            if kept := self._kept.get(refresh_token):
                kept.until = 0.0

    def _anew(self, configured: str, kept: _Kept | None) -> _Kept:
        """By the refresh token that was given last, here or elsewhere; where none is taken, by that of the settings."""
        tried: list[str] = []
        refused = TokenRefused("no refresh token")
        while (token := self._untried(configured, kept, tried)) is not None:
            try:
                got = self._asked(token)
            except TokenRefused as error:
                if not error.for_good:
                    raise
                tried, refused = [*tried, token], error
                continue
            got.unsaved = got.refresh_token != token
            return got
        raise refused

    def _untried(self, configured: str, kept: _Kept | None, tried: Sequence[str]) -> str | None:
        """Asked again after each refusal: meanwhile another process may have been given the next one."""
        if not configured:
            return None if tried else ""
        ours = kept.refresh_token if kept else None
        first = ours if kept and kept.unsaved else None
        known = (first, self._last(configured), ours, configured)
        return next((one for one in known if one and one not in tried), None)

    def _last(self, configured: str) -> str | None:
        try:
            return self._shelf.last(configured)
        except Unavailable:
            raise TokenRefused("the database is away") from None

    def _save(self, configured: str, kept: _Kept) -> None:
        """Until it is kept it is tried at each login; the access token is good meanwhile."""
        if not kept.unsaved:
            return
        try:
            self._shelf.keep(configured, kept.refresh_token)
        except Unavailable:
            _log.error("refresh-token-not-kept-yet")
        else:
            kept.unsaved = False

    def _asked(self, refresh_token: str) -> _Kept:
        form = {"client_id": self._client.client_id, "client_secret": self._client.client_secret}
        form |= (
            {"grant_type": "refresh_token", "refresh_token": refresh_token}
            if refresh_token
            else {"grant_type": "client_credentials"}
        )
        form |= {"scope": self._client.scope} if self._client.scope else {}
        try:
            answer = httpx.post(self._client.token_url, data=form, timeout=SECONDS_TO_ANSWER)
        except httpx.HTTPError as error:
            raise TokenRefused(type(error).__name__) from None
        told = _json(answer)
        token = told.get("access_token")
        if answer.status_code != httpx.codes.OK or not isinstance(token, str):
            why = f"{answer.status_code} {str(told.get('error', ''))[:80]}".strip()
            raise TokenRefused(why, for_good=answer.status_code in (400, 401))
        until = monotonic() + max(LEAST_SECONDS, _seconds(told) - SECONDS_BEFORE_ITS_END)
        return _Kept(token, until, str(told.get("refresh_token") or refresh_token))


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(told: Mapping[str, Any]) -> float:
    """How long the token holds; an hour where it does not say (RFC 6749 §5.1 leaves it open)."""
    try:
        return float(told.get("expires_in", 3600))
    except (TypeError, ValueError):
        return 3600.0
