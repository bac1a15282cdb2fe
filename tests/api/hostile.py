# SPDX-License-Identifier: Apache-2.0
"""Requests that nobody means well with, or whose writer was careless: what each service must refuse, or take unharmed.

schemathesis draws at random; these are the ones that once hurt, or are known to hurt others.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.contract.openapi_reading import Operation

CASE = "/v1/cases/CEJ-2026-000412-2"
CHECK = "/v1/checks/618dc7e8-efd3-56a7-82b5-2e3271ea41eb/attempts"
UPLOAD = "/v1/cases/CAJA-2026-000001-7/regulator-filing"
COMPUTE = "/v1/deadlines/compute"
ASKED = {"term": "general", "received_at": "2026-03-02T00:00:00Z"}
SHA256 = "5ebec4c47b5e04b49c995e8c4b523dfa7c413381c119c101c377d57b92040493"
FILE = {"sha256": SHA256, "name": "a", "type": "", "size": 15}
JSON = {"content-type": "application/json"}
MAIL = {"content-type": "message/rfc822"}
FORM = {"content-type": "multipart/form-data; boundary=x"}
EARLY, LATE, NAIVE = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-02T10:15:00"
GOOD, WRONG, UNREADABLE, UNKNOWN = {200, 201, 202}, {422}, {400}, {404}


@dataclass(frozen=True)
class Said:
    """One request, and the statuses that are an answer to it."""

    expected: set[int]
    method: str
    path: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {str(self.options)[:100]}"

    async def ask(self, http: httpx.AsyncClient, headers: Mapping[str, str]) -> httpx.Response:
        own = {**self.options, "headers": {**headers, **self.options.get("headers", {})}}
        return await http.request(self.method, self.path, **own)

    def operation(self, operations: list[Operation]) -> Operation:
        """What it asks for: the operation whose path is most like its own."""
        asked = [one for one in operations if one.method.upper() == self.method and _fits(one.path, self.path)]
        return max(asked, key=lambda one: len(one.path.partition("{")[0]) + one.path.count("/"))


def _fits(template: str, path: str) -> bool:
    before, _, after = template.partition("{")
    return template == path or ("{" in template and path.startswith(before) and path.endswith(after.partition("}")[2]))


def get(expected: set[int], path: str, **query: Any) -> Said:
    return Said(expected, "GET", path, {"params": query} if query else {})


def post(expected: set[int], path: str, body: Any, **headers: str | bytes) -> Said:
    """``body``: JSON, or bytes that may be none."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, bytes):
        return Said(expected, "POST", path, {"content": body, "headers": {**JSON, **named}})
    return Said(expected, "POST", path, {"json": body, "headers": named})


def cursor(text: str | bytes) -> str:
    return base64.urlsafe_b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def cursors(path: str, *forged: str | bytes) -> Iterator[Said]:
    """A list hears cursors that it never gave; what no list ever gives is refused by every one."""
    yield from (get(WRONG, path, cursor=one) for one in ("é", "0", cursor(b"\xff"), cursor("["), *map(cursor, forged)))


def of_any_service() -> Iterator[Said]:
    """What operators may ask of every service."""
    place = ["a", "b", 1, 1, 1, "c/1/2/3"]
    yield from cursors(
        "/v1/parked",
        json.dumps([*place[:2], 10**30, *place[3:]]),
        json.dumps(["\ud800", *place[1:]]),
        json.dumps(["timer:x", EARLY]),
        json.dumps(["timer:x", NAIVE]),
        "[" * 3000,
    )
    yield from (get(GOOD, "/v1/parked", reason_contains=text) for text in ("\0", "(" * 500, "\\", "$"))
    yield from (get(GOOD, "/v1/parked", **{name: "\0"}) for name in ("subject", "topic", "type"))
    yield from (get(WRONG, "/v1/parked", since=at) for at in (EARLY, LATE, NAIVE, "0.5", "0", "2026-02-30T00:00:00Z"))
    yield from (get(WRONG, "/v1/acts", limit=limit) for limit in ("9" * 50, "0", "-1", "1.5", "٥x", ""))
    yield get(GOOD, "/v1/acts", subject="\0")
    for named in ("timer:", "timer:a/b/c", "a/99999999999999999999999/1/2", "%00/1/1/1", "%ED%A0%80", "nothing"):
        yield get(UNKNOWN, f"/v1/parked/{named}")
        yield Said(UNKNOWN, "POST", f"/v1/parked/{named}/replay")
        yield post(UNKNOWN, f"/v1/parked/{named}/discard", {"reason": "x"})
    yield from (post(WRONG, "/v1/parked/x/discard", {"reason": text}) for text in ("", " \n", "\0\x07", "x" * 501, 7))
    bodies: tuple[object, ...] = ({}, [], None, {"subject": ""}, {"subjekt": "x"})
    yield from (post(WRONG, "/v1/parked/replay", body) for body in bodies)
    yield post(WRONG, "/v1/parked/replay", b'{"subject":"\\ud800"}')
    yield post(GOOD, "/v1/parked/replay", b'{"subject":"\\u0000"}')
    for unreadable in (b"[" * 200_000, b"\xff\xfe", b"{", b'{"subject":' + b"9" * 6000 + b"}"):
        yield post(UNREADABLE, "/v1/parked/replay", unreadable)
    yield post({415}, "/v1/parked/replay", b"{}", content_type="text/plain")
    yield post({413}, "/v1/parked/replay", b"x" * 30_000_001)
    yield Said(GOOD, "GET", "/v1/acts", {"headers": {"accept-language": "x;q=nan," * 50, "traceparent": "zz"}})


INTAKE = (
    *cursors("/v1/held", "9" * 30 + ".x", "-99999999999999.x"),
    *cursors("/v1/regulator/pending", "-62135596800001.x", ".x"),
    *[post(WRONG, "/v1/submissions/phone", {"text": "x", "received_at": at}) for at in (5, "5", EARLY, LATE, NAIVE)],
    *[post(WRONG, "/v1/submissions/phone", {"text": text}) for text in ("", " ", "\0", "\x07\x1b", "x" * 60_001, 7)],
    *[
        post(WRONG, "/v1/submissions/phone", {"text": "x", **fields})
        for fields in (
            {"anonymous": "yes"},
            {"data_consent": 1},
            {"municipality": "١٧٠٠١"},
            {"municipality": "17001\n"},
            {"person": {"phone": "9" * 20}},
            {"person": {"email": "\0@correo.example"}},
            {"person": {"email": "a@[::1]"}},
            {"person": {"document_type": "CC", "document_number": "１２３"}},
        )
    ],
    post(GOOD, "/v1/submissions/phone", {"text": "a\0b", "subject": "\0", "area": "\0", "person": {"name": "A\0na"}}),
    post(GOOD, "/v1/submissions/phone", {"text": "😀" * 60_000}),
    post(GOOD, "/v1/submissions/written", {"text": "x"}, idempotency_key="k" * 200),
    post(WRONG, "/v1/submissions/written", {"text": "x"}, idempotency_key="k" * 201),
    *[post({404}, "/v1/track/messages", {"number": text, "code": text, "text": "x"}) for text in ("\0", "x", "٠" * 40)],
    post(WRONG, "/v1/track/messages", {"number": "x", "code": "x" * 41, "text": "x"}),
    post(WRONG, "/v1/track/messages", {"number": "x", "code": "x", "text": "x" * 60_001}),
    post(UNREADABLE, "/v1/track/messages", b'{"number":"\\ud800","code":"x"}'),
    post(UNREADABLE, "/v1/submissions/web", b'{"text":"\\ud800"}'),
    post(UNREADABLE, "/v1/submissions/web", b'{"text":"a"' + b',"x":[' * 5000),
    post(UNREADABLE, "/v1/submissions/web", b"--x\r\n", content_type="multipart/form-data"),
    post(WRONG, "/v1/submissions/web", b"--x\r\nbad", **FORM),
    Said(UNREADABLE, "POST", "/v1/submissions/web", {"files": [("submission", ("f.json", b"\xff"))]}),
    Said(
        GOOD,
        "POST",
        "/v1/submissions/web",
        {"files": [("submission", (None, '{"text": "Hola"}')), ("files", ("x" * 3000, b"a", "t" * 3000))]},
    ),
    *[
        post(GOOD, "/v1/submissions/email", mail, **MAIL)
        for mail in (
            b"\0" * 100,
            b"From: a@b.co\r\nDate: Mon, 99 Mar 99999 99:99:99 +9999\r\nMessage-ID: <\xff\xfe>\r\n\r\nx",
            b"From: a@b.co\r\nSubject: =?utf-16?b?2AA=?= =?utf-8?q?=ED=A0=80?=\r\n\r\nx\0",
        )
    ],
    post(WRONG, "/v1/submissions/email", b" \r\n", **MAIL),
    *[
        post(UNKNOWN, "/v1/track", {"number": number, "code": code})
        for number, code in (("\0", "\0"), ("CAJA-2026-000001-7", "İ" * 40), ("CAJA-99999999999999999999-1-1", "x"))
    ],
    post(WRONG, "/v1/track", b'{"number":"\\ud800","code":"x"}'),
    *[post(WRONG, UPLOAD, {"reference": "r", "filed_at": at}) for at in (EARLY, LATE, NAIVE, 5)],
    post(UNKNOWN, "/v1/cases/%00/regulator-filing", {"reference": "r", "filed_at": "2026-03-02T00:00:00Z"}),
)
ROUTING = (
    *cursors("/v1/cases", "9999-12-31T23:59:59-23:59|x", NAIVE + "|x", "|x"),
    *[get(WRONG, "/v1/cases", due_before=day) for day in ("9999-12-31", "0001-01-01", "0", "2026-02-30", NAIVE)],
    get(GOOD, "/v1/cases", due_before="2099-12-31", area="\0", responder="$ne"),
    get(UNKNOWN, "/v1/cases/%00"),
    get(WRONG, f"/v1/cases/{'9' * 41}"),
    get(UNKNOWN, f"{CASE}/files/{'a' * 64}"),
    get(UNKNOWN, f"{CASE}/files/..%2F..%2Fetc%2Fpasswd"),
    *[
        post(WRONG, f"{CASE}/answer", {"text": "x", "files": [{**FILE, "size": size}]})
        for size in (10**30, 2**63, 16, 0, "15", True)
    ],
    post(WRONG, f"{CASE}/answer", b'{"text":"\\ud800"}'),
    *[post(WRONG, f"{CASE}/answer", {"text": text}) for text in ("\u2028" * 40_000, "\0", "x" * 40_001)],
    *[
        post(WRONG, f"{CASE}/request-documents", {"text": "x", "due": due})
        for due in ("9999-12-31", "2026-03-04", 0, NAIVE)
    ],
    post(WRONG, f"{CASE}/classify", {"legal_support": "yes"}),
    post(WRONG, f"{CASE}/classify", {"area": "{choices}{x}"}),
    post(WRONG, f"{CASE}/assign", {"responder": "{id.__class__}"}),
    post(GOOD, f"{CASE}/assign", {"responder": "julian-rojas", "observation": "\0\r\nx"}),
    post(GOOD, f"{CASE}/classify", {"kind": "claim"}, idempotency_key="é".encode("latin-1")),
    Said(UNREADABLE, "POST", "/v1/files", {"files": {"file": ("x" * 5000, b"", "t/" + "y" * 500)}}),
    Said(GOOD, "POST", "/v1/files", {"files": {"file": ('\0..\\/a\r\nb"', b"a", "")}}),
    Said(WRONG, "POST", "/v1/files", {"data": {"file": "abc"}}),
    post(UNREADABLE, "/v1/files", b"--x\r\n", content_type="multipart/form-data"),
    *[post(WRONG, COMPUTE, {"term": "general", "received_at": at}) for at in (EARLY, LATE, NAIVE, 5, "5")],
    *[post(WRONG, COMPUTE, {**ASKED, "stops": [{"from": day}]}) for day in ("9999-12-31", 5, None)],
    post(WRONG, COMPUTE, {**ASKED, "extended": 0}),
)
NOTIFICATIONS = (
    *cursors("/v1/deliveries", "9999-12-31T23:59:59-23:59 x", NAIVE + " x", " x"),
    get(GOOD, "/v1/deliveries", case_number="\0"),
    get(WRONG, "/v1/deliveries", state=["sent"] * 30),
    get(UNKNOWN, "/v1/deliveries/%00"),
    Said(UNKNOWN, "POST", "/v1/deliveries/%00/resend"),
)
SATISFACTION = (
    *cursors("/v1/checks", "9" * 30 + ".x", "-99999999999999.x", ".x"),
    *[get(WRONG, f"/v1/samples/{month}") for month in ("2026-13", "2026-1", "٢٠٢٦-01")],
    get(UNKNOWN, "/v1/samples/0000-01"),
    get(UNKNOWN, "/v1/checks/%00"),
    *[post(WRONG, CHECK, {"result": "not-contacted", "at": at}) for at in (EARLY, LATE, NAIVE, 5, "5")],
    post(WRONG, CHECK, b'{"result":"contacted","outcome":"satisfied","summary":"\\udfff"}'),
    post(UNKNOWN, "/v1/checks/%00/attempts", {"result": "not-contacted"}),
)
REPORTING = (
    *[get(WRONG, "/v1/indicators", **{"from": day, "to": day}) for day in ("1999-12-31", "9999-12-31", "0", NAIVE)],
    get(WRONG, "/v1/indicators", **{"from": "2026-03-02", "to": "2026-03-01"}),
    get(GOOD, "/v1/indicators", **{"from": "2000-01-01", "to": "2099-12-31"}),
    *[get(WRONG, "/v1/reports/monthly", period=month) for month in ("２０26-01", "2026-13", "2026-03\n", "")],
    *[get(GOOD, "/v1/reports/monthly", period=month, format="csv") for month in ("2000-01", "2099-12")],
)
HOSTILE: Mapping[str, tuple[Said, ...]] = {
    "intake": INTAKE,
    "routing": ROUTING,
    "notifications": NOTIFICATIONS,
    "satisfaction": SATISFACTION,
    "reporting": REPORTING,
}
