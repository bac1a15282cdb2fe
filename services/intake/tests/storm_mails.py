# SPDX-License-Identifier: Apache-2.0
"""Mails as they really come, whole and broken, each known by the number that stands in it; people are invented."""

import base64
import quopri
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_NUMBER = re.compile(rb"[Aa]sunto-([0-9]{5})")
_TEXT = "Señores: no me llegó la cuota monetaria de febrero. Mi cédula está al día."


@dataclass(frozen=True)
class StormMail:
    """``outcome`` and ``reason`` are what must become of it; ``marked``: another mail has its Message-ID."""

    n: int
    kind: str
    raw: bytes
    outcome: str = "created"
    reason: str | None = None
    marked: bool = False


def number_in(raw: bytes) -> int:
    """Which mail these bytes are of."""
    found = _NUMBER.search(raw)
    assert found is not None
    return int(found[1])


def storm_mails(count: int) -> Iterator[StormMail]:
    """Every kind in turn."""
    kinds = list(KINDS)
    for n in range(count):
        yield KINDS[kinds[n % len(kinds)]](n, kinds[n % len(kinds)])


def _headers(n: int, **other: str | None) -> str:
    found: dict[str, str | None] = {
        "From": f"Persona {n} <persona-{n}@correo.example>",
        "To": "servicio@caja.example",
        "Subject": f"Asunto-{n:05d}",
        "Date": "Mon, 02 Mar 2026 07:50:00 -0500",
        "Message-ID": f"<{n}.tormenta@correo.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        **{name.replace("_", "-"): value for name, value in other.items()},
    }
    return "".join(f"{name}: {value}\r\n" for name, value in found.items() if value is not None)


def _plain(n: int, kind: str, text: bytes | None = None, **headers: str | None) -> StormMail:
    body = f"{_TEXT} Asunto-{n:05d}.\r\n".encode() if text is None else text
    return StormMail(n, kind, _headers(n, **headers).encode() + b"\r\n" + body)


def _printable(n: int, kind: str) -> StormMail:
    body = quopri.encodestring(_TEXT.encode("latin-1")).replace(b"\n", b"\r\n") + b"\r\n"
    return _plain(
        n, kind, body, Content_Type='text/plain; charset="iso-8859-1"', Content_Transfer_Encoding="quoted-printable"
    )


def _encoded(n: int, kind: str) -> StormMail:
    body = base64.encodebytes(_TEXT.encode()).replace(b"\n", b"\r\n")
    return _plain(n, kind, body, Content_Transfer_Encoding="base64")


def _broken_base64(n: int, kind: str) -> StormMail:
    return _plain(n, kind, b"U2XDsW9yZXM6IG5v=IG1l*IGxsZWfD\r\n", Content_Transfer_Encoding="base64")


def _wrong_charset(n: int, kind: str) -> StormMail:
    return _plain(n, kind, _TEXT.encode("latin-1") + b"\r\n")


def _unknown_charset(n: int, kind: str) -> StormMail:
    return _plain(n, kind, Content_Type="text/plain; charset=x-no-existe")


def _empty_charset(n: int, kind: str) -> StormMail:
    return _plain(n, kind, Content_Type='text/plain; charset=""')


def _without_date(n: int, kind: str) -> StormMail:
    return _plain(n, kind, Date=None)


def _without_id(n: int, kind: str) -> StormMail:
    return _plain(n, kind, Message_ID=None)


def _without_mime(n: int, kind: str) -> StormMail:
    return _plain(n, kind, MIME_Version=None, Content_Type=None, Content_Transfer_Encoding=None)


def _without_sender(n: int, kind: str) -> StormMail:
    made = _plain(n, kind, From=None)
    return StormMail(n, kind, made.raw, "held", "no-sender")


def _automatic(n: int, kind: str) -> StormMail:
    made = _plain(n, kind, Auto_Submitted="auto-replied")
    return StormMail(n, kind, made.raw, "ignored", "auto-submitted")


def _same_id(n: int, kind: str) -> StormMail:
    """All of this kind bear one Message-ID."""
    made = _plain(n, kind, Message_ID="<siempre.el.mismo@correo.example>")
    return StormMail(n, kind, made.raw, marked=True)


def _html(n: int, kind: str) -> StormMail:
    body = f"<html><body><p>{_TEXT}<br>Asunto-{n:05d}<img src=x></p></html>\r\n".encode()
    return _plain(n, kind, body, Content_Type="text/html; charset=utf-8")


def _parts(*parts: str, end: bool = True) -> bytes:
    text = "".join(f"--linea\r\n{part}\r\n" for part in parts)
    return (text + ("--linea--\r\n" if end else "")).encode()


_MIXED = 'multipart/mixed; boundary="linea"'
_PIECE = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{_TEXT}"
_PDF = (
    "Content-Type: application/pdf; name*=utf-8''c%C3%A9dula.pdf\r\nContent-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment; filename*=utf-8''c%C3%A9dula.pdf\r\n\r\nJVBERi0xLjQKJSVFT0YK"
)


def _attached(n: int, kind: str) -> StormMail:
    return _plain(n, kind, _parts(_PIECE, _PDF), Content_Type=_MIXED)


def _truncated(n: int, kind: str) -> StormMail:
    return _plain(n, kind, _parts(_PIECE, _PDF, end=False)[:-15] + b"\r\n", Content_Type=_MIXED)


def _wrong_boundary(n: int, kind: str) -> StormMail:
    return _plain(n, kind, _parts(_PIECE, _PDF), Content_Type='multipart/mixed; boundary="otra"')


def _nested(n: int, kind: str) -> StormMail:
    inner = "Content-Type: message/rfc822\r\n\r\n" * 4 + f"From: otra@correo.example\r\nSubject: Adentro\r\n\r\n{_TEXT}"
    return _plain(n, kind, _parts(_PIECE, inner), Content_Type=_MIXED)


def _dots(n: int, kind: str) -> StormMail:
    return _plain(n, kind, f".\r\n..\r\n.{_TEXT}\r\n.\r\n".encode())


def _long_line(n: int, kind: str) -> StormMail:
    return _plain(n, kind, _TEXT.encode() * 60 + b"\r\n")


def _no_body(n: int, kind: str) -> StormMail:
    return _plain(n, kind, b"")


def _odd_addresses(n: int, kind: str) -> StormMail:
    return _plain(n, kind, To="undisclosed-recipients:;", Cc="<<mal>>, (nadie), ;;")


KINDS: Mapping[str, Callable[[int, str], StormMail]] = {
    "plain": _plain,
    "quoted-printable": _printable,
    "base64": _encoded,
    "broken base64": _broken_base64,
    "wrong charset": _wrong_charset,
    "unknown charset": _unknown_charset,
    "empty charset": _empty_charset,
    "without date": _without_date,
    "without Message-ID": _without_id,
    "without MIME": _without_mime,
    "without sender": _without_sender,
    "automatic": _automatic,
    "the same Message-ID": _same_id,
    "HTML only": _html,
    "attachment": _attached,
    "truncated": _truncated,
    "wrong boundary": _wrong_boundary,
    "nested": _nested,
    "dots": _dots,
    "long line": _long_line,
    "no body": _no_body,
    "odd addresses": _odd_addresses,
}
