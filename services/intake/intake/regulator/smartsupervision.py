# SPDX-License-Identifier: Apache-2.0
"""SmartSupervision of the Superintendencia Financiera by HTTP (domain-colombia.md §4)."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx

from intake.domain.regulator.codes import Phrases
from intake.domain.regulator.file import Code
from intake.regulator.gateway import Answer, FileRefused, Refusal, RegulatorAway, RemoteFile, Taken, Unknown
from intake.regulator.signature import HEADER, body_of, signature
from intake.regulator.tokens import Tokens
from intake.regulator.words import says, words_of

MOST_ACKS = 100
WAIT_AFTER_429 = 5.0
LONGEST_WAIT = 60.0
MOST_WAITS = 3
"""Of one request that hears 429: what needs several of them would never get to the last, were each begun anew."""

Heard = tuple[int, Any]
Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach the platform; ``pace`` are the seconds between two requests, ``timeout`` of one at most."""

    url: str
    user: str
    password: str
    key: str
    pace: float
    timeout: float
    file_hosts: frozenset[str] = frozenset()
    largest_file: int = 40_000_000


class SmartSupervision:
    """One account. Requests go one after the other, never faster than the pace."""

    def __init__(self, account: Account, phrases: Phrases, sleep: Sleep = asyncio.sleep) -> None:
        self._account = account
        self._phrases = phrases
        self._base = account.url.rstrip("/") + "/"
        self._http = httpx.AsyncClient(timeout=account.timeout, follow_redirects=False)
        self._tokens = Tokens(self._post_openly, account.user, account.password)
        self._next = 0.0
        self._sleep = sleep

    async def close(self) -> None:
        await self._http.aclose()

    async def pull(self) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Each page's items; of the next page's address only the query is taken: it is the same platform."""
        path: str | None = "api/queja/"
        while path is not None:
            page = self._body(await self._get(path))
            yield _items(page)
            path = _following(path, page.get("next"))

    async def pull_persons(self) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """The same; a platform or account without moment 4 has nothing, and one person may come bare."""
        path: str | None = "api/usuarios/info/"
        while path is not None:
            heard = await self._get(path)
            if heard[0] in (403, 404):
                return
            page = self._body(heard)
            yield [page] if "numero_id_CF" in page else _items(page)
            path = _following(path, page.get("next"))

    async def fetch_files(self, code: str) -> Sequence[RemoteFile]:
        found: list[RemoteFile] = []
        path: str | None = f"api/storage/?codigo_queja__codigo_queja={quote(code, safe='')}"
        while path is not None:
            page = self._body(await self._get(path))
            rows = [row for row in page.get("results") or [] if isinstance(row, dict)]
            found += [_remote(row) for row in rows if isinstance(row.get("file"), str)]
            path = _following(path, page.get("next"))
        return found

    async def download(self, file: RemoteFile) -> AsyncIterator[bytes]:
        """From the platform or a host that may be trusted with it, without any key of ours, nor further than there."""
        at, home = urlsplit(file.url), urlsplit(self._base)
        trusted = at.scheme == "https" and at.hostname in self._account.file_hosts
        if not trusted and (at.scheme, at.netloc) != (home.scheme, home.netloc):
            raise FileRefused(f"a file lies on {at.hostname}, which is not in REGULATOR_FILE_HOSTS")
        size = 0
        try:
            async with self._http.stream("GET", file.url) as answer:
                if answer.status_code != 200:
                    raise RegulatorAway(f"a file: {answer.status_code}")
                async for piece in answer.aiter_bytes():
                    size += len(piece)
                    if size > self._account.largest_file:
                        raise FileRefused("a file is larger than LARGEST_MAIL allows")
                    yield piece
        except httpx.HTTPError as error:
            raise RegulatorAway(type(error).__name__) from None

    async def ack(self, codes: Sequence[str]) -> Sequence[str]:
        refused: list[str] = []
        for start in range(0, len(codes), MOST_ACKS):
            told = self._body(
                await self._send("POST", "api/complaint/ack/", {"pqrs": codes[start : start + MOST_ACKS]})
            )
            refused += [str(one) for one in told.get("pqrs_error") or []]
        return refused

    async def ack_persons(self, numbers: Sequence[str]) -> Sequence[str]:
        refused: list[str] = []
        for start in range(0, len(numbers), MOST_ACKS):
            asked = {"numero_id_CF": list(numbers[start : start + MOST_ACKS])}
            told = self._body(await self._send("POST", "api/usuarios/ack/", asked))
            refused += [str(one) for one in told.get("numero_id_CF_error") or []]
        return refused

    async def create(self, complaint: Mapping[str, Code]) -> Answer:
        return self._answer(await self._send("POST", "api/queja/", complaint), self._phrases.exists)

    async def update(self, progress: Mapping[str, Code]) -> Answer:
        path = f"api/queja/{quote(str(progress['codigo_queja']), safe='')}/"
        return self._answer(await self._send("PATCH", path, progress), self._phrases.closed)

    async def attach(self, code: str, name: str, content: bytes) -> Answer:
        """``type`` is the ending of the name; the signature leaves the content out."""
        fields = {"codigo_queja": code, "type": PurePosixPath(name).suffix.removeprefix(".").lower() or "bin"}

        def request(token: str) -> httpx.Request:
            return self._http.build_request(
                "POST",
                self._base + "api/storage/",
                data=fields,
                files={"file": (name, content)},
                headers=self._headers(body_of(fields), token),
            )

        there = (*self._phrases.file_exists, *self._phrases.closed)
        return self._answer(await self._authorised(request), there)

    def _answer(self, heard: Heard, there_already: Sequence[str]) -> Answer:
        status, told = heard
        if 200 <= status < 300:
            return Taken()
        words = words_of(told)
        if says(words, there_already):
            return Taken()
        if status == 404 or says(words, self._phrases.unknown_case):
            return Unknown()
        if status in (400, 409, 413, 415, 422):
            return Refusal(words or (str(status),))
        raise RegulatorAway(f"the platform answers {status}")

    def _body(self, heard: Heard) -> Mapping[str, Any]:
        status, told = heard
        if not 200 <= status < 300 or not isinstance(told, dict):
            raise RegulatorAway(f"the platform answers {status}")
        inner = told.get("Response")
        return inner if isinstance(inner, dict) else told

    async def _get(self, path: str) -> Heard:
        """The address is signed as it is asked for."""
        url = str(httpx.URL(self._base + path))
        return await self._authorised(
            lambda token: self._http.build_request("GET", url, headers=self._headers(url, token))
        )

    async def _send(self, method: str, path: str, values: Mapping[str, object]) -> Heard:
        said = body_of(values)
        return await self._authorised(lambda token: self._json(method, path, said, token))

    def _json(self, method: str, path: str, said: str, token: str | None) -> httpx.Request:
        headers = {**self._headers(said, token), "Content-Type": "application/json"}
        return self._http.build_request(method, self._base + path, content=said.encode(), headers=headers)

    def _headers(self, said: str, token: str | None) -> dict[str, str]:
        keys = {HEADER: signature(self._account.key, said), "Accept": "application/json"}
        return keys | ({"Authorization": f"Bearer {token}"} if token else {})

    async def _authorised(self, request: Any) -> Heard:
        """With a token; once more with a new one where the platform does not know it any more."""
        heard = await self._ask(request(await self._tokens.access()))
        if heard[0] == 401:
            await self._tokens.renew()
            heard = await self._ask(request(await self._tokens.access()))
        return heard

    async def _post_openly(self, path: str, values: Mapping[str, object]) -> tuple[int, Mapping[str, object]]:
        status, told = await self._ask(self._json("POST", path, body_of(values), None))
        inner = told.get("Response") if isinstance(told, dict) else None
        return status, inner if isinstance(inner, dict) else told if isinstance(told, dict) else {}

    async def _ask(self, request: httpx.Request) -> Heard:
        """In its turn. Raises RegulatorAway for what no complaint is to blame for, a wrong signature too."""
        answer = await self._sent(request)
        waits = 0
        while answer.status_code == 429:
            seconds = _seconds(answer.headers.get("retry-after"))
            if waits == MOST_WAITS or seconds > LONGEST_WAIT:
                raise RegulatorAway("too many requests (429)", seconds)
            waits += 1
            await self._sleep(seconds)
            answer = await self._sent(request)
        if answer.status_code >= 500 or 300 <= answer.status_code < 400:
            raise RegulatorAway(f"the platform answers {answer.status_code}")
        told = _read(answer)
        if answer.status_code == 400 and says(words_of(told), self._phrases.signature):
            raise RegulatorAway("the signature was refused: is REGULATOR_KEY right?")
        return answer.status_code, told

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        await self._in_turn()
        try:
            async with asyncio.timeout(self._account.timeout):
                return await self._http.send(request)
        except (httpx.HTTPError, TimeoutError) as error:
            raise RegulatorAway(type(error).__name__) from None

    async def _in_turn(self) -> None:
        wait = self._next - time.monotonic()
        if wait > 0:
            await self._sleep(wait)
        self._next = time.monotonic() + self._account.pace


def _read(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return answer.text[:500]


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else WAIT_AFTER_429


def _items(page: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [item for item in page.get("results") or [] if isinstance(item, dict)]


def _following(path: str, following: object) -> str | None:
    query = urlsplit(following).query if isinstance(following, str) else ""
    return f"{path.partition('?')[0]}?{query}" if query else None


def _remote(row: Mapping[str, Any]) -> RemoteFile:
    url = row["file"]
    name = unquote(PurePosixPath(urlsplit(url).path).name)
    kind = str(row.get("type") or "")
    return RemoteFile(
        url=url, name=name or f"{row.get('id', 'file')}.{kind or 'bin'}", type=kind if "/" in kind else ""
    )
