# SPDX-License-Identifier: Apache-2.0
"""Looks for what a new case is to be linked with, in the transaction that creates it (after the hook ``number``).

Whoever creates cases has written the counter of numbers first, so that of two at the same time one must begin again:
what is read here has every case that was created before. A form that is sent twice, a letter that comes a thousand
times through several processes: none is overlooked. At most four queries a batch, each bounded, but for persons who
have more cases than are compared (``_few``).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.inputs import Input
from chassis.mongo import Database, Session
from chassis.subjects import Subject
from intake.domain.letters import LETTERS, Sent
from intake.domain.likeness import READ, words_of
from intake.domain.proposing import SETTLED, Known, LinkRules, Proposing, Said, Sought, once_told, sought
from intake.domain.submission import FileSubmission, LetterGroup
from intake.filing.releasing import Hook
from intake.store import IS_NUMBERED

Rows = list[dict[str, Any]]
Ask = Callable[[Sequence[str], int], Awaitable[Rows]]

_TEXT = {"$substrCP": [{"$ifNull": ["$personal.form.text", ""]}, 0, READ]}


@dataclass(frozen=True)
class Linking:
    """The hook ``number`` with proposals: numbers first, then what the new cases are linked with."""

    numbering: Hook
    database: Database
    rules: LinkRules

    async def __call__(self, session: Session, inputs: Sequence[tuple[Input, Subject]], now: datetime) -> list[Input]:
        """As the hook; whoever is numbered knows its links. Texts are read before the counter is written."""
        looked_for = {
            id(item): sought(item.message, self.rules)
            for item, subject in inputs
            if isinstance(item.message, FileSubmission) and item.message.case_id and subject.state is None
        }
        numbered = await self.numbering(session, inputs, now)
        new = [(item, item.message) for item in numbered if isinstance(item.message, FileSubmission)]
        if new:
            commands = await self._proposed(session, [looked_for[id(item)].numbered(one) for item, one in new], now)
            for (item, _), command in zip(new, commands, strict=True):
                item.message = command
        return numbered

    async def _proposed(self, session: Session, new: Sequence[Sought], now: datetime) -> list[FileSubmission]:
        letters = sorted({one.letter for one in new if one.letter})
        groups = await self._groups(session, letters)
        proposing = Proposing(
            self.rules,
            now,
            said=await self._said(session, new),
            groups=groups,
            sent=await self._sent(session, [letter for letter in letters if letter not in groups]),
        )
        proposing.known.update(await self._known(session, new, proposing))
        return once_told([proposing.proposed(one) for one in new])

    async def _said(self, session: Session, new: Sequence[Sought]) -> Mapping[str, Sequence[Said]]:
        """By person key: what the persons of the new cases said before."""

        async def ask(keys: Sequence[str], most: int) -> Rows:
            return await self._submissions(session, "personal.keys", keys, most, order=-1)

        keys = sorted({key for one in new if one.words for key in one.command.person_keys})
        found: dict[str, list[Said]] = {}
        for row in await _few(ask, keys, self.rules.duplicate_most_cases):
            said = Said(row["case_id"], words_of(row["text"]), frozenset(row["personal"]["keys"]))
            for key in said.keys:
                found.setdefault(key, []).append(said)
        return found

    async def _groups(self, session: Session, letters: Sequence[str]) -> dict[str, LetterGroup]:
        """The letters of which it is known that many send them."""
        if not letters:
            return {}
        names = ("count", "first_case_id", "first_case_number", "first_at")
        rows = self.database.collection(LETTERS).find({"_id": {"$in": letters}}, session=session)
        return {row["_id"]: LetterGroup(row["_id"], *(row[name] for name in names)) async for row in rows}

    async def _sent(self, session: Session, letters: Sequence[str]) -> dict[str, list[Sent]]:
        """Who sent the other letters: fewer than make a mass letter, or one person again and again."""

        async def ask(wanted: Sequence[str], most: int) -> Rows:
            return await self._submissions(session, "letter", wanted, most, order=1)

        found: dict[str, list[Sent]] = {}
        for row in await _few(ask, letters, 2 * self.rules.letter_from):
            keys = frozenset(row.get("personal", {}).get("keys", ()))
            found.setdefault(row["letter"], []).append(Sent(row["case_id"], row["registered_at"], keys))
        return {letter: sorted(sent, key=lambda one: (one.at, one.case_id)) for letter, sent in found.items()}

    async def _submissions(self, session: Session, field: str, values: Sequence[str], most: int, *, order: int) -> Rows:
        """``order`` of their registration counts where only one value is asked for: an index has it."""
        shown = {"case_id": 1, "registered_at": 1, "letter": 1, "personal.keys": 1}
        found = self.database.collection("submission_cases").find(
            {field: {"$in": list(values)}}, {**shown, "text": _TEXT} if field != "letter" else shown, session=session
        )
        if len(values) == 1:
            found = found.sort([("registered_at", order)])
        return await found.limit(most).to_list(None)

    async def _known(self, session: Session, new: Sequence[Sought], proposing: Proposing) -> dict[str, Known]:
        """The cases that are quoted, answered, alike or the first of a letter, if they are."""
        numbers = sorted({number for one in new for number in one.quoted})
        ids = {case_id for one in new for case_id in (*one.command.replies_to, *proposing.alike(one))}
        ids |= {first for one in new if (first := proposing.first_of_letter(one))}
        asked: list[dict[str, Any]] = [{"_id": {"$in": sorted(ids)}}] if ids else []
        if numbers:
            asked.append({"state.number": {**IS_NUMBERED, "$in": numbers}})
        if not asked:
            return {}
        rows = self.database.collection("cases").find(
            {"$or": asked}, {"state.number": 1, "state.progress.status": 1}, session=session
        )
        return {
            row["_id"]: Known(row["_id"], row["state"]["number"], row["state"]["progress"]["status"] not in SETTLED)
            async for row in rows
            if row.get("state")
        }


async def _few(ask: Ask, wanted: Sequence[str], each: int) -> Rows:
    """All rows of what is wanted in one query; in halves where there are too many, so that one has at most ``each``."""
    if not wanted:
        return []
    most = each * len(wanted)
    rows = await ask(wanted, most)
    if len(rows) < most or len(wanted) == 1:
        return rows
    middle = len(wanted) // 2
    return [*await _few(ask, wanted[:middle], each), *await _few(ask, wanted[middle:], each)]
