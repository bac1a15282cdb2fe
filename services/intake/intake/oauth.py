# SPDX-License-Identifier: Apache-2.0
"""Access tokens for mailboxes that take no password: Microsoft 365, Google (RFC 6749; XOAUTH2).

Asked for when a mailbox logs in, kept until shortly before they expire. Blocking: call it in a thread.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx

SECONDS_TO_ANSWER = 20
SECONDS_BEFORE_ITS_END = 60.0
"""A token that ends sooner is not used any more: the clocks of the two sides may differ."""
LEAST_SECONDS = 30.0


class TokenRefused(Exception):
    """The token endpoint is away or gives none; says why in its words, never what was sent."""


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


class Tokens:
    """One token for each refresh token, or for the program itself where there is none (client credentials)."""

    def __init__(self, client: OAuthClient) -> None:
        self._client = client
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def token(self, refresh_token: str = "") -> str:
        """Raises TokenRefused."""
        with self._lock:
            kept = self._kept.get(refresh_token)
            if kept is None or kept.until <= monotonic():
                kept = self._kept[refresh_token] = self._asked(kept.refresh_token if kept else refresh_token)
            return kept.access_token

    def forget(self, refresh_token: str = "") -> None:
        """It was not taken: ask for another one next time."""
        with self._lock:
            if kept := self._kept.get(refresh_token):
                kept.until = 0.0

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
            raise TokenRefused(f"{answer.status_code} {str(told.get('error', ''))[:80]}".strip())
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
