# SPDX-License-Identifier: Apache-2.0
"""Invitations in words, so that whoever reads the case need not open a calendar."""

from datetime import date, datetime, tzinfo

from babel.dates import format_date, format_datetime, format_time

from chassis.i18n import Catalogue
from intake.domain.mail import ParsedMail
from intake.domain.mail.invitations import Invitation

_LOCALE = "es_CO"


def with_invitations(mail: ParsedMail, texts: Catalogue, zone: tzinfo) -> ParsedMail:
    """The mail with what its calendar parts say at the end of its text."""
    if not mail.invitations:
        return mail
    said = "\n\n".join(words(one, texts, zone) for one in mail.invitations)
    return mail.model_copy(
        update={name: "\n\n".join(filter(str.strip, (getattr(mail, name), said))) for name in ("text", "full_text")}
    )


def words(one: Invitation, texts: Catalogue, zone: tzinfo) -> str:
    """A line for each thing that it says; times in the zone of the house."""
    kind = one.method.lower() if texts.find(f"invitations.{one.method.lower()}") else "publish"
    lines = {
        kind: one.what or texts.t("invitations.nothing"),
        "when": _when(one, zone),
        "where": one.where,
        "who": one.who,
        "about": one.about,
    }
    return "\n".join(texts.t(f"invitations.{name}", said=said) for name, said in lines.items() if said)


def _when(one: Invitation, zone: tzinfo) -> str:
    if one.starts is None:
        return ""
    starts = _local(one.starts, zone)
    ends = _local(one.ends, zone) if one.ends is not None else None
    if not isinstance(starts, datetime):
        return format_date(starts, "full", locale=_LOCALE)
    said = _full(starts)
    if not isinstance(ends, datetime):
        return said
    same_day = ends.date() == starts.date()
    return f"{said} – {format_time(ends, 'h:mm a', locale=_LOCALE) if same_day else _full(ends)}"


def _full(moment: datetime) -> str:
    return format_datetime(moment, "EEEE d 'de' MMMM 'de' y, h:mm a", locale=_LOCALE)


def _local(moment: datetime | date, zone: tzinfo) -> datetime | date:
    try:
        return moment.astimezone(zone) if isinstance(moment, datetime) and moment.tzinfo else moment
    except OverflowError:  # the year 1, or 9999
        return moment
