# SPDX-License-Identifier: Apache-2.0
"""Where a reply belongs: to the case that it answers, or beside it (design 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from intake.domain.case import Case
from intake.domain.submission import Related

ReplyToClosed = Literal["link", "append", "reopen"]
"""What a reply to a closed case becomes: a new case that follows it up, one more message of it, or one that opens it
again.
"""


@dataclass(frozen=True, slots=True)
class ToClosed:
    """``reopen`` holds for so many days after the closing; from then on a reply follows the case up (``link``)."""

    rule: ReplyToClosed = "link"
    reopen_days: int = 30

    def follows_up(self, case: Case, at: datetime) -> bool:
        """Whether a reply that came then becomes a case of its own."""
        if case.ended_at is not None:
            return at > case.ended_at
        if case.progress.status != "closed" or self.rule == "append":
            return False
        return self.rule == "link" or case.closed_at is None or at - case.closed_at > timedelta(days=self.reopen_days)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a mail answers: ``addressed`` are cases to whose reply address for its sender it came, ``answered`` those
    whose letters it names, the nearest first."""

    sender: str | None
    answered: Sequence[str] = ()
    addressed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Belonging:
    """``case_id``: the case it joins; None: a case of its own, to be linked with ``related``.

    ``reopens``: if the case that it joins is closed, it opens it again.
    """

    case_id: str | None = None
    related: tuple[Related, ...] = ()
    reopens: bool = False


def belonging(reply: Reply, cases: Mapping[str, Case], to_closed: ToClosed, at: datetime) -> Belonging:
    """``at`` is when it came. A stranger never gets into a case, nor a link to it, by quoting what is in it."""
    case_id = _answers(reply, cases)
    if case_id is None:
        return Belonging()
    case = cases[case_id]
    if to_closed.follows_up(case, at):
        return Belonging(related=(Related(case_id, case.number, "follow-up", confirmed=True),))
    return Belonging(case_id, reopens=to_closed.rule == "reopen")


def _answers(reply: Reply, cases: Mapping[str, Case]) -> str | None:
    """The address was given to its sender alone; a letter's id is in what others were sent, so that its sender must
    take part."""
    given = (case_id for case_id in reply.addressed if case_id in cases)
    taking_part = (one for one in reply.answered if one in cases and cases[one].takes_part(reply.sender))
    return next(given, None) or next(taking_part, None)
