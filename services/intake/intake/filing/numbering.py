# SPDX-License-Identifier: Apache-2.0
"""Case numbers, counted in the transaction that creates the cases (hazard 13; the chassis's hook ``number``).

And counted on from where the events are, where the store was restored from a backup (chassis.operating.resync).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from pymongo import ReturnDocument

from chassis.inputs import Input
from chassis.mongo import Database, Session, translated
from chassis.operating.resync import Lifted
from chassis.subjects import Subject
from intake.domain.case import Case
from intake.domain.filing import refusal
from intake.domain.numbers import case_number, parse_case_number
from intake.domain.splitting import SplitCase, is_split, split_refusal
from intake.domain.submission import FileSubmission
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import CaseFiled

Filing = tuple[Input, FileSubmission]
Creating = tuple[Input, FileSubmission | SplitCase]

COUNTERS = "counters"
"""One row a local year."""


@dataclass(frozen=True)
class Numbering:
    """Counts per local year; never ahead, so that nothing is lost when a process dies."""

    database: Database
    org: str
    zone: ZoneInfo

    async def __call__(self, session: Session, inputs: Sequence[tuple[Input, Subject]], now: datetime) -> list[Input]:
        """Give a number to every submission that creates a case, mark external ids that were seen; who took one."""
        new = [
            (item, item.message)
            for item, subject in inputs
            if isinstance(item.message, FileSubmission) and _is_new(item.message, subject)
        ]
        creating = _creating(inputs, now)
        if creating:
            await self._number(session, creating, now)
        await self._mark_external_ids(session, new)
        return [item for item, _ in creating]

    async def _number(self, session: Session, creating: list[Creating], now: datetime) -> None:
        year = now.astimezone(self.zone).year
        counter = await self.database.collection(COUNTERS).find_one_and_update(
            {"_id": year},
            {"$inc": {"n": len(creating)}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        first = counter["n"] - len(creating) + 1
        for n, (item, command) in enumerate(creating, first):
            number = case_number(self.org, year, n)
            item.message = (
                command.numbered(number) if isinstance(command, SplitCase) else replace(command, number=number)
            )

    async def _mark_external_ids(self, session: Session, new: list[Filing]) -> None:
        """In the transaction: of two at the same time one fails on the row of the other, and sees it at the retry."""
        keys = [command.external_key for _, command in new if command.external_key]
        if not keys:
            return
        rows = self.database.collection("external_ids").find({"_id": {"$in": keys}}, session=session)
        first = {row["_id"]: row["submission_id"] async for row in rows}
        for item, command in new:
            assert isinstance(item.message, FileSubmission)  # noqa: S101  # narrows for mypy
            if command.external_key is not None:
                earlier = first.setdefault(command.external_key, command.submission_id)
                same = earlier if earlier != command.submission_id else None
                item.message = replace(item.message, same_external_id_as=same)


class HighestNumbers:
    """The counters as ``intake-cases`` tells them: no number that anybody has heard of is given again."""

    told_by = CaseFiled

    def __init__(self, database: Database) -> None:
        self._counters = database.collection(COUNTERS)
        self._highest: dict[int, int] = {}

    def heard(self, event: Event) -> None:
        assert isinstance(event, CaseFiled)  # noqa: S101  # narrows for mypy
        if number := parse_case_number(event.case_number):
            self._highest[number.year] = max(self._highest.get(number.year, 0), number.n)

    async def lift(self, *, write: bool) -> list[Lifted]:
        """Raises Unavailable."""
        with translated():
            before = {row["_id"]: row["n"] async for row in self._counters.find({})}
            behind = {year: n for year, n in sorted(self._highest.items()) if before.get(year, 0) < n}
            for year, n in behind.items() if write else ():
                await self._counters.update_one({"_id": year}, {"$max": {"n": n}}, upsert=True)
        return [Lifted(f"case numbers of {year}", before.get(year, 0), n) for year, n in behind.items()]


def _is_new(command: FileSubmission, subject: Subject) -> bool:
    state = subject.state
    return state is None or (isinstance(state, Case) and command.submission_id not in state.submissions)


def _creating(inputs: Sequence[tuple[Input, Subject]], now: datetime) -> list[Creating]:
    """The first submission of each case that does not exist yet, if it can be filed, and what is split from others."""
    found: dict[str, Creating] = {}
    for item, subject in inputs:
        match item.message, subject.state:
            case FileSubmission() as command, None if command.case_id:
                if refusal(command, now) is None:
                    found.setdefault(subject.id, (item, command))
            case SplitCase() as split, Case() as state if not is_split(state, split):
                if split_refusal(state, split) is None:
                    found.setdefault(split.filing.case_id, (item, split))
    return list(found.values())
