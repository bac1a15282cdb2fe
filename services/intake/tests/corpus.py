# SPDX-License-Identifier: Apache-2.0
"""Reads a directory of mails that others collected, and says how far what we read of them is what they expected.

``python corpus.py DIRECTORY [--door http://127.0.0.1:8101]``: through the real door (``?dry_run=true``, files nothing)
or by the parser alone. A ``x.json`` beside ``x.eml`` in the form of stalwartlabs/mail-parser is what is expected of it;
without one only faults and slowness are told.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from intake.domain.mail.parse import read_mail

FIELDS = ("subject", "from", "text", "text or more", "attachment names", "attachment count")
"""``text or more``: the same words, or more of those that they took for a file."""
SLOW_SECONDS = 1.0
_ENDINGS = {".eml", ".msg", ".mail", ".txt", ".box", ".mime", ".raw"}
_TAG = re.compile(r"<(style|script|title)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Seen:
    """What is compared of a mail."""

    subject: str
    sender: str | None
    text: str
    names: tuple[str | None, ...]
    in_files: str = ""
    """Of what is expected: what stands in the parts that they took for files."""

    def differences(self, other: "Seen") -> Iterator[str]:
        """The fields in which what we read (``self``) is not what was expected."""
        if not _is(_one_line(self.subject), _one_line(other.subject)):
            yield "subject"
        if (self.sender or "").lower() != (other.sender or "").lower():
            yield "from"
        if not _says_the_same(self.text, other.text):
            yield "text"
            if not _says_more(self.text, other):
                yield "text or more"
        if len(self.names) != len(other.names) or not all(map(_is, _sorted(self.names), _sorted(other.names))):
            yield "attachment names"
        if len(self.names) != len(other.names):
            yield "attachment count"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _says_the_same(ours: str, expected: str) -> bool:
    """The same letters and digits: each reader of HTML has its own spaces, lines and bullets."""
    return _is(_letters(ours), _letters(expected)) or _is(_letters(ours), _letters(expected).rstrip("\ufffd"))


def _says_more(ours: str, expected: "Seen") -> bool:
    more = Counter(ours.split()) - Counter(expected.text.split())
    missing = Counter(expected.text.split()) - Counter(ours.split())
    return not missing and set(more) <= set(expected.in_files.split())


def _is(ours: str, expected: str) -> bool:
    """A replacement character stands for what the others could not decode, which may be nothing."""
    pairs = zip(ours, expected, strict=False)
    return len(ours) == len(expected) and all(a == b or b == "\ufffd" for a, b in pairs)


def _sorted(names: tuple[str | None, ...]) -> list[str]:
    return sorted(map(str, names))


def _letters(text: str) -> str:
    return re.sub(r"[^\w\ufffd]+|_+", "", text)


def expected_of(document: dict[str, Any]) -> Seen:
    """The form of stalwartlabs/mail-parser."""
    parts = document["parts"]
    texts = [_text(parts[number]["body"]) for number in document["text_body"]]
    names = tuple(_name(parts[number]) for number in document["attachments"])
    headers = parts[0]["headers"]
    in_files = "\n".join(_text(parts[number]["body"]) for number in document["attachments"])
    return Seen(_last(headers, "subject", "Text") or "", _sender(headers), "\n".join(texts), names, in_files)


def _text(body: dict[str, Any]) -> str:
    if "Html" in body:
        import html

        return html.unescape(_TAG.sub("", body["Html"]))
    return str(body.get("Text", ""))


def _last(headers: list[dict[str, Any]], name: str, kind: str) -> Any:
    found = [one["value"][kind] for one in headers if one["name"] == name and kind in _dict(one["value"])]
    return found[-1] if found else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _sender(headers: list[dict[str, Any]]) -> str | None:
    address = _last(headers, "from", "Address") or {}
    people = [*address.get("List", []), *(one for group in address.get("Group", []) for one in group["addresses"])]
    return next((one.get("address") for one in people if one.get("address")), None)


def _name(part: dict[str, Any]) -> str | None:
    for header, attribute in (("content_disposition", "filename"), ("content_type", "name")):
        content = _last(part["headers"], header, "ContentType") or {}
        for one in content.get("attributes") or ():
            if one["name"] == attribute:
                return str(one["value"])
    return None


def by_parser(raw: bytes) -> Seen:
    mail = read_mail(raw)
    return Seen(mail.subject, mail.from_address, mail.own_text, tuple(one.name for one in mail.attachments))


def through_door(door: str, outcomes: Counter[str]) -> Callable[[bytes], Seen]:
    """``outcomes`` counts what would become of the mails."""
    client = httpx.Client(base_url=door, timeout=60)

    def read(raw: bytes) -> Seen:
        headers = {"content-type": "message/rfc822"}
        answer = client.post("/v1/submissions/email", params={"dry_run": "true"}, content=raw, headers=headers)
        answer.raise_for_status()
        told = answer.json()
        outcomes[" ".join(filter(None, (told["outcome"], told["reason"])))] += 1
        names = tuple(one["name"] for one in told["attachments"])
        return Seen(told["subject"], told["from_address"], told["text"], names)

    return read


@dataclass
class Tally:
    """Of one directory."""

    mails: int = 0
    compared: int = 0
    differing: Counter[str] = None  # type: ignore[assignment]
    failed: int = 0
    slow: int = 0

    def __post_init__(self) -> None:
        self.differing = Counter()

    def lines(self) -> Iterator[str]:
        yield f"{self.mails} mails, {self.failed} exceptions, {self.slow} slower than {SLOW_SECONDS:.0f} s"
        for name in FIELDS if self.compared else ():
            yield f"{name}: {self.compared - self.differing[name]} of {self.compared} as expected"


def compare(directory: Path, read: Callable[[bytes], Seen], say: Callable[[str], None] = print) -> Tally:
    """Every mail of the directory and below it."""
    tally = Tally()
    for path in sorted(one for one in directory.rglob("*") if one.suffix.lower() in _ENDINGS and one.is_file()):
        tally.mails += 1
        started = time.monotonic()
        try:
            seen = read(path.read_bytes())
        except Exception as error:
            tally.failed += 1
            say(f"{path.relative_to(directory)}: {type(error).__name__}: {error}")
            continue
        if time.monotonic() - started > SLOW_SECONDS:
            tally.slow += 1
            say(f"{path.relative_to(directory)}: {time.monotonic() - started:.1f} s")
        document = path.with_suffix(".json")
        if document.exists():
            tally.compared += 1
            expected = expected_of(json.loads(document.read_text()))
            for name in seen.differences(expected):
                tally.differing[name] += 1
                say(f"{path.relative_to(directory)}: {name}: {_shown(seen, name)} and not {_shown(expected, name)}")
    return tally


def _shown(seen: Seen, name: str) -> str:
    said = {"subject": seen.subject, "from": seen.sender, "text": seen.text, "text or more": seen.text}
    value = said.get(name, seen.names)
    return repr(value)[:160]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("directory", type=Path)
    arguments.add_argument("--door", help="the address of a running intake; without it the parser alone")
    given = arguments.parse_args()
    outcomes: Counter[str] = Counter()
    tally = compare(given.directory, through_door(given.door, outcomes) if given.door else by_parser)
    print(*tally.lines(), *(f"{many} {outcome}" for outcome, many in outcomes.most_common()), sep="\n")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
