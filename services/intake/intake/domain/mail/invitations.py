# SPDX-License-Identifier: Apache-2.0
"""What a calendar part says (RFC 5545, RFC 5546): what, when, where. The file itself stays attached."""

from datetime import date, datetime

from icalendar import Calendar, Component

from ventanilla_contracts.envelope import Frozen

_LONGEST = 500_000
_MOST_ENTRIES = 20
_ENTRIES = {"VEVENT", "VTODO"}


class Invitation(Frozen):
    """``method`` as REQUEST, REPLY, COUNTER, CANCEL or PUBLISH; a day without hour is a date, a time without
    zone is local wherever it is read.
    """

    method: str
    what: str = ""
    starts: datetime | date | None = None
    ends: datetime | date | None = None
    where: str = ""
    who: str = ""
    about: str = ""


def invitations(text: str, method: str = "") -> tuple[Invitation, ...]:
    """Those in one calendar; empty where it cannot be read. ``method`` is that of the part's Content-Type."""
    if len(text) > _LONGEST:
        return ()
    try:
        calendars = Calendar.from_ical(text.lstrip("\ufeff \r\n"), multiple=True)
        found = [
            _invitation(entry, str(calendar.get("METHOD", method) or method))
            for calendar in calendars
            for entry in calendar.subcomponents
            if entry.name in _ENTRIES
        ]
    except Exception:  # whatever the library stumbles over, the file is there for a person to open
        return ()
    return tuple(found[:_MOST_ENTRIES])


def _invitation(entry: Component, method: str) -> Invitation:
    organizer = str(entry.get("ORGANIZER", ""))
    return Invitation(
        method=method.strip().upper()[:20],
        what=_said(entry, "SUMMARY"),
        starts=_moment(entry, "DTSTART"),
        ends=_moment(entry, "DTEND") or _moment(entry, "DUE"),
        where=_said(entry, "LOCATION"),
        who=organizer.partition(":")[2] if organizer.lower().startswith("mailto:") else organizer,
        about=_said(entry, "DESCRIPTION"),
    )


def _said(entry: Component, name: str) -> str:
    value = entry.get(name, "")
    return str(value[0] if isinstance(value, list) else value).strip()


def _moment(entry: Component, name: str) -> datetime | date | None:
    value = getattr(entry.get(name), "dt", None)
    return value if isinstance(value, datetime | date) else None
