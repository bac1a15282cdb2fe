# SPDX-License-Identifier: Apache-2.0
"""What people decide about held submissions, before and in the transaction: exactly one final outcome each.

The document of the collection ``submissions`` is the guard: whoever decides, and whoever tells the outcome of a held
submission again, writes it.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chassis.ids import uuid5_id
from chassis.inputs import Input
from chassis.mongo import Conflict, Database, Session, translated
from chassis.subjects import Subject
from intake.consumers import CASES, SUBMISSIONS
from intake.domain.released import too_late
from intake.domain.set_aside import SetHeldAside
from intake.domain.submission import FileSubmission

Inputs = Sequence[tuple[Input, Subject]]
Hook = Callable[[Session, Inputs, datetime], Awaitable[list[Input]]]


@dataclass(frozen=True)
class HeldActs:
    """Finds what is decided about, on fresh state at each try."""

    database: Database

    async def resolve(self, inputs: Sequence[Input]) -> None:
        """Name the subject of each act, and say why one comes too late. Raises Unavailable."""
        acts = [item for item in inputs if is_act(item.message)]
        if not acts:
            return
        rows = await self._rows([item.message.submission_id for item in acts])  # type: ignore[attr-defined]
        for item in acts:
            _place(item, rows)

    async def _rows(self, submission_ids: list[str]) -> dict[str, dict[str, Any]]:
        found = self.database.collection("submission_cases").find({"_id": {"$in": submission_ids}})
        with translated():
            return {row["_id"]: row async for row in found}


@dataclass(frozen=True)
class HeldNumbering:
    """The chassis's hook ``number``: what is decided about must still be held; then cases are numbered."""

    database: Database
    numbering: Hook

    async def __call__(self, session: Session, inputs: Inputs, now: datetime) -> list[Input]:
        """Raises Conflict where somebody else decided meanwhile: then it is resolved again."""
        acts = [(item, subject) for item, subject in inputs if is_act(item.message) and not _refused(item.message)]
        if acts:
            _each_alone(inputs, acts)
            told = await self._told(session, acts)
            for item, _ in acts:
                if isinstance(item.message, FileSubmission) and item.message.released is not None:
                    release = replace(item.message.released, told=told[item.message.submission_id])
                    item.message = replace(item.message, released=release)
        return await self.numbering(session, inputs, now)

    async def _told(self, session: Session, acts: Inputs) -> dict[str, int]:
        wanted = {_submission_of(item) for item, _ in acts}
        query = {"_id": {"$in": sorted(wanted)}, "state.outcome": "held"}
        rows = self.database.collection(SUBMISSIONS.name).find(query, {"state.told": 1}, session=session)
        told = {row["_id"]: row["state"]["told"] async for row in rows}
        if wanted - told.keys():
            raise Conflict("submissions: one was decided meanwhile")
        if any(isinstance(item.message, SetHeldAside) and subject.state is None for item, subject in acts):
            raise Conflict("submissions: one was loaded before it was there")
        return told


def is_act(message: object) -> bool:
    """Whether a person decides about a held submission."""
    return isinstance(message, SetHeldAside) or (isinstance(message, FileSubmission) and message.released is not None)


def _place(item: Input, rows: dict[str, dict[str, Any]]) -> None:
    """What comes too late is told so by the submission; a release is decided with its case."""
    row = rows.get(_submission_of(item))
    refused = too_late(row)
    item.aggregate, item.subject = SUBMISSIONS, _submission_of(item)
    match item.message:
        case SetHeldAside() as command:
            item.message = replace(command, row=row or {}, refused=refused)
        case FileSubmission(released=release) as command if release is not None:
            released = replace(release, row=row, refused=refused)
            case_id = "" if refused else release.into or uuid5_id("case", command.submission_id)
            item.message = replace(command, released=released, case_id=case_id)
            if case_id:
                item.aggregate, item.subject = CASES, case_id


def _each_alone(inputs: Inputs, acts: Inputs) -> None:
    """Two inputs about one held submission in one transaction would not see each other. Raises Conflict."""
    times = Counter(_submission_of(item) for item, _ in inputs)
    if any(times[_submission_of(item)] > 1 for item, _ in acts):
        raise Conflict("submissions: two decide about one at once")


def _submission_of(item: Input) -> str:
    message = item.message
    return message.submission_id if isinstance(message, (FileSubmission, SetHeldAside)) else ""


def _refused(message: object) -> bool:
    if isinstance(message, SetHeldAside):
        return message.refused is not None
    return isinstance(message, FileSubmission) and message.released is not None and message.released.refused is not None
