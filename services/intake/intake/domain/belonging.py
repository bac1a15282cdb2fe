# SPDX-License-Identifier: Apache-2.0
"""Where a reply belongs: to the case that it answers, or beside it (design 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from intake.domain.case import Case
from intake.domain.submission import Related

ReplyToClosed = Literal["link", "append"]
"""What a reply to a closed case becomes: a new case that follows it up, or one more message of it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a mail answers: ``addressed`` are cases to whose reply address for its sender it came, ``answered`` those
    whose letters it names, the nearest first."""

    sender: str | None
    answered: Sequence[str] = ()
    addressed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Belonging:
    """``case_id``: the case it joins; None: a case of its own, to be linked with ``related``."""

    case_id: str | None = None
    related: tuple[Related, ...] = ()


def belonging(reply: Reply, cases: Mapping[str, Case], to_closed: ReplyToClosed) -> Belonging:
    """A stranger never gets into a case, nor a link to it, by quoting what is in it."""
    case_id = _answers(reply, cases)
    if case_id is None:
        return Belonging()
    case = cases[case_id]
    if to_closed == "link" and case.progress.status == "closed":
        return Belonging(related=(Related(case_id, case.number, "follow-up", confirmed=True),))
    return Belonging(case_id)


def _answers(reply: Reply, cases: Mapping[str, Case]) -> str | None:
    """The address was given to its sender alone; a letter's id is in what others were sent, so that its sender must
    take part."""
    given = (case_id for case_id in reply.addressed if case_id in cases)
    taking_part = (one for one in reply.answered if one in cases and cases[one].takes_part(reply.sender))
    return next(given, None) or next(taking_part, None)
