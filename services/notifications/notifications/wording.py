# SPDX-License-Identifier: Apache-2.0
"""Templates of letters: each is written once and rendered twice, as plain text and as HTML, by two sets of blocks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from functools import lru_cache, partial
from importlib.resources import files
from textwrap import wrap
from typing import Literal

from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chassis.i18n import Catalogue
from notifications.domain.letters import TO_THE_PERSON, WRITTEN_BY_SOMEBODY, Letter
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.vocabulary import LetterKind

_CLDR_LOCALE = {"es": "es_CO", "en": "en"}
_WITH_WEEKDAY = {"es": "EEEE d 'de' MMMM 'de' y", "en": "full"}
_LINE = 76
_REPLY = re.compile(r"\s*(re|rv|fwd?)\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """A letter as it is read."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Letterhead:
    """The house as its letters name it."""

    org_name: str
    org_mail_address: str
    public_url: str


class Wording:
    """Renders letters in one language, with times in the organisation's zone."""

    def __init__(self, texts: Catalogue, letterhead: Letterhead, zone: tzinfo, locale: str = "es") -> None:
        self._texts = texts
        self._zone = zone
        self.locale = locale
        given = {
            **vars(letterhead),
            "locale": locale,
            "t": self.t,
            "term": self.term,
            "day": self.day,
            "day_of": self.day_of,
            "moment": self.moment,
            "size": self.size,
        }
        self._text = _environment("txt", given)
        self._html = _environment("html", given)

    def words(self, letter: Letter, attached: Sequence[FileRef] = (), left_out: Sequence[FileRef] = ()) -> Words:
        """The letter's subject and both bodies; ``left_out`` are files that do not travel with it."""
        given = {"letter": letter, "v": letter.values, "attached": attached, "left_out": left_out}
        subject = " ".join(_block(self._text, letter.kind, "subject", given).split())
        given |= {"subject": subject, "footer": self.t(f"footer.{_footer(letter.kind)}")}
        return Words(
            subject, _page(self._text, "txt", letter.kind, given), _page(self._html, "html", letter.kind, given)
        )

    def t(self, key: str, /, **values: object) -> str:
        return self._texts.t(key, self.locale, **values)

    def term(self, group: str, value: object) -> str:
        """A word of the vocabulary in this language; a value that has none stands for itself."""
        return self._texts.find(f"{group}.{value or 'none'}", self.locale) or str(value)

    def day(self, iso: str, form: Literal["weekday", "plain"] = "weekday") -> str:
        """`martes 24 de marzo de 2026` of a day as ISO 8601 text; plain: without the day of the week.

        Of a moment with its hour: `martes 24 de marzo de 2026, 5:00 p. m.`, in the organisation's zone.
        """
        style = _WITH_WEEKDAY[self.locale] if form == "weekday" else "long"
        if "T" in iso:
            there = datetime.fromisoformat(iso).astimezone(self._zone)
            day = _date(there.date(), style, _CLDR_LOCALE[self.locale])
            return f"{day}, {_hour(there.hour, there.minute, _CLDR_LOCALE[self.locale])}"
        return _date(date.fromisoformat(iso), style, _CLDR_LOCALE[self.locale])

    def day_of(self, instant: datetime) -> str:
        """`2 de marzo de 2026`, in the organisation's zone."""
        return _date(instant.astimezone(self._zone).date(), "long", _CLDR_LOCALE[self.locale])

    def moment(self, instant: datetime) -> str:
        """`2 de marzo de 2026, 10:15 a. m.`, in the organisation's zone."""
        there = instant.astimezone(self._zone)
        return f"{self.day_of(instant)}, {_hour(there.hour, there.minute, _CLDR_LOCALE[self.locale])}"

    def exact(self, instant: datetime) -> str:
        """`12 de marzo de 2026, 16:44:00`, in the organisation's zone: for what must prove something."""
        return f"{self.day_of(instant)}, {instant.astimezone(self._zone):%H:%M:%S}"

    def size(self, number: int) -> str:
        """Bytes as people say them."""
        return f"{number / 1_000_000:.1f} MB" if number >= 1_000_000 else f"{max(1, number // 1000)} kB"


@lru_cache(maxsize=4096)
def _date(day: date, style: str, locale: str) -> str:
    """Few days are in fashion at a time, and babel takes a while to say one."""
    return format_date(day, style, locale=locale)


@lru_cache(maxsize=4096)
def _hour(hour: int, minute: int, locale: str) -> str:
    return format_time(time(hour, minute), "h:mm a", locale=locale)


def _environment(form: Literal["txt", "html"], given: Mapping[str, object]) -> Environment:
    environment = Environment(  # plain text is not escaped, HTML is
        loader=FileSystemLoader(str(files("notifications") / "letters")),
        autoescape=form == "html",  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"wrapped": _wrapped, "quoted": partial(_wrapped, prefix="> "), "reply": reply_subject}
    environment.globals |= given
    environment.globals["b"] = environment.get_template(f"_blocks.{form}.j2").module
    return environment


def _block(environment: Environment, kind: LetterKind, name: str, given: Mapping[str, object]) -> str:
    template = environment.get_template(f"{kind}.j2")
    return "".join(template.blocks[name](template.new_context(dict(given)))).strip()


def _page(environment: Environment, form: Literal["txt", "html"], kind: LetterKind, given: Mapping[str, object]) -> str:
    body = _block(environment, kind, "body", given)  # its values were escaped where it was rendered
    layout = environment.get_template(f"_layout.{form}.j2")
    return layout.render(given, body=Markup(body) if form == "html" else body).strip() + "\n"  # noqa: S704


def _wrapped(text: str, prefix: str = "") -> str:
    """Lines of at most 76 signs; addresses of pages are never broken, the writer's own line breaks are kept."""
    lines: list[str] = []
    width = _LINE - len(prefix)
    for line in text.splitlines():
        if len(line) <= width and line.isprintable():
            lines.append(line)
        else:
            lines += wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
    return "\n".join(f"{prefix}{line}".rstrip() for line in lines)


def reply_subject(subject: str) -> str:
    """The subject of an answer, with one Re: however many there were."""
    bare = subject
    while match := _REPLY.match(bare):
        bare = bare[match.end() :]
    return f"Re: {bare.strip()}"


def _footer(kind: LetterKind) -> str:
    if kind not in TO_THE_PERSON | WRITTEN_BY_SOMEBODY:
        return "staff"
    return "automatic" if kind == "acknowledgement" else "personal"
