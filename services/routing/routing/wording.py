# SPDX-License-Identifier: Apache-2.0
"""Cases in words of one language: history, urgency, tasks, and why a deadline is what it is."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from babel.dates import format_date, format_time

from chassis.i18n import Catalogue
from routing.domain.case import Happening
from routing.domain.clock.calendar import Calendar
from routing.domain.clock.words import DeadlineWords
from routing.domain.urgency import Urgency
from routing.organisation.legal_data import load_words
from ventanilla_contracts.envelope import Actor, StaffRef

_CLDR: Mapping[str, str] = {"es": "es_CO", "en": "en"}
_CATALOGUES = {
    "kind": "kinds",
    "term": "terms",
    "priority": "priorities",
    "channel": "channels",
    "delivery": "deliveries",
    "timing": "timings",
    "why": "reopenings",
    "because": "clock.because",
    "resumed": "clock.resumed",
    "waits": "clock.waits",
    "withdrawal": "clock.withdrawals",
    "promise": "promises.names",
    "rejection": "answering.rejections",
    "favour": "ombudsman.favours",
    "outcome": "check-outcomes",
    "matter": "emergency-matters",
    "relation": "links.relations",
    "link_status": "links.statuses",
}
DATES = ("due", "day")
_REASONS = {"case-closed": "close-reasons", "check-waived": "waivers"}


class Wording:
    """Reads the catalogues once; ``locale`` is the reader's, ``es`` or ``en``."""

    def __init__(self, texts: Catalogue, calendar: Calendar, people: Mapping[str, StaffRef]) -> None:
        self._texts = texts
        self._people = people
        self._zone = calendar.zone
        self._deadline_words = {"es": load_words("es", calendar), "en": load_words("en", calendar)}

    def deadline(self, locale: str) -> DeadlineWords:
        """The words of the clock's codes."""
        return self._deadline_words[_known(locale)]

    def happening(self, happening: Happening, locale: str) -> str:
        """One line of the history."""
        facts = {name: self._fact(happening.what, name, code, locale) for name, code in happening.facts.items()}
        anew = "-anew" if "because" in happening.facts else ""
        return self._texts.t(f"history.{happening.what}{anew}", locale, **facts)

    def actor(self, actor: Actor, locale: str) -> str:
        """A member of staff by name; whoever else acted by what they are."""
        member = self._people.get(actor.id)
        if member is not None:
            return member.name
        return self._texts.t("actors.citizen" if actor.role == "citizen" else "actors.service", locale)

    def there(self, at: datetime) -> datetime:
        """The same moment on the house's clock."""
        return at.astimezone(self._zone)

    def urgency(self, urgency: Urgency, locale: str) -> str:
        key = f"urgency.{urgency.word}"
        if urgency.word == "overdue" and urgency.days == 0:
            key = "urgency.just-overdue"
        elif urgency.days == 1 and self._texts.find(f"{key}-one", locale):
            key = f"{key}-one"
        return self._texts.t(key, locale, days=urgency.days)

    def _fact(self, what: str, name: str, code: str, locale: str) -> str:
        if name in DATES and "T" in code:
            there, cldr = datetime.fromisoformat(code).astimezone(self._zone), _CLDR[_known(locale)]
            return f"{format_date(there, 'long', locale=cldr)}, {format_time(there, 'short', locale=cldr)}"
        if name in DATES:
            return format_date(date.fromisoformat(code), "long", locale=_CLDR[_known(locale)])
        catalogue = _REASONS.get(what) if name == "reason" else _CATALOGUES.get(name)
        return self._texts.t(f"{catalogue}.{code}", locale) if catalogue else code


def _known(locale: str) -> Literal["es", "en"]:
    return "en" if locale == "en" else "es"
