# SPDX-License-Identifier: Apache-2.0
"""Mails in = outcomes out, held against each other: mailboxes, submissions, cases and files.

By SMTP, LMTP and HTTP a mail came in when it was answered for, which is when its submission was saved; so each of
these must have its outcome in the right place, and its bytes. Of a mailbox every mail is read again and looked for by
the id that follows from its bytes: nothing that the fetcher wrote down is believed, but how far it says it is.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chassis.files import Files
from chassis.mongo import Database, translated
from intake.domain.splitting import BY_SPLIT
from intake.mail.door import MailDoor, submission_id_of, unread_id
from intake.mail.fetching import Position
from intake.mail.imap import Listed, Listing
from ventanilla_contracts.envelope import FileRef

AT_ONCE = 200
OUTCOMES = ("created", "appended", "held", "ignored", "rejected")
_IN_A_CASE = {"created", "appended"}

Row = Mapping[str, Any]


class Mailbox(Protocol):
    def behind(self, validity: int | None, last_uid: int, most: int) -> Listing: ...
    def bytes_of(self, mail: Listed, largest: int) -> bytes | None: ...


@dataclass
class Tally:
    """One way in: how many came, what became of them, how many wait to be filed, and what does not agree."""

    via: str
    came: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class MailsCheck:
    """Reads only. Everything raises Unavailable."""

    database: Database
    files: Files
    door: MailDoor

    async def stored(self) -> list[Tally]:
        """Every mail that was ever filed, by the way on which it came first."""
        found: dict[str, Tally] = {}
        async for rows in self._batches():
            cases = await self._states("cases", {row["case_id"] for row in rows if row["case_id"]})
            aside = await self._states("submissions", {row["_id"] for row in rows if not row["case_id"]})
            for row in rows:
                tally = found.setdefault(row.get("via") or "unknown", Tally(row.get("via") or "unknown"))
                tally.came += 1
                tally.outcomes[row["outcome"]] += 1
                wrong = misplaced(row, cases, aside) or await self._without_bytes(row)
                tally.wrong += [f"{row['_id']}: {wrong}"] if wrong else []
        return [found[via] for via in sorted(found)]

    async def mailbox(self, name: str, box: Mailbox, position: Position, largest: int, most: int) -> Tally:
        """The last ``most`` mails of a mailbox. Raises MailboxAway too."""
        tally = Tally(f"mailbox {name}")
        listing = await asyncio.to_thread(box.behind, position.validity, 0, 10**9)
        passed = position.last_uid if listing.validity == position.validity else 0
        for mail in listing.mails[-most:]:
            tally.came += 1
            if mail.uid > passed:
                tally.waiting += 1
                continue
            outcome = await self._outcome(box, mail, largest)
            tally.outcomes[outcome] += 1
            tally.wrong += [] if outcome in OUTCOMES or outcome == "deleted" else [f"UID {mail.uid}: {outcome}"]
        return tally

    async def _outcome(self, box: Mailbox, mail: Listed, largest: int) -> str:
        raw = await asyncio.to_thread(box.bytes_of, mail, largest)
        if raw is None:
            return "deleted"
        row = await self._row(unread_id(raw)) or await self._row(submission_id_of((await self.door.read(raw)).parsed))
        return "passed, and never filed" if row is None else str(row["outcome"])

    async def _row(self, submission_id: str) -> Row | None:
        """Asked first whether it is held unread: then it may kill whoever reads it."""
        with translated():
            return await self.database.collection("submission_cases").find_one({"_id": submission_id}, {"outcome": 1})

    async def _batches(self) -> AsyncIterator[Sequence[Row]]:
        fields = {"case_id": 1, "outcome": 1, "via": 1, "original": 1}
        with translated():
            mails = {"channel": "email", "via": {"$ne": BY_SPLIT}}
            rows = self.database.collection("submission_cases").find(mails, fields, batch_size=AT_ONCE)
            while batch := await rows.to_list(AT_ONCE):
                yield batch

    async def _states(self, collection: str, ids: set[str]) -> dict[str, Row]:
        with translated():
            rows = self.database.collection(collection).find({"_id": {"$in": list(ids)}}, {"state": 1})
            return {row["_id"]: row["state"] or {} async for row in rows}

    async def _without_bytes(self, row: Row) -> str | None:
        original = row["original"]
        if row["outcome"] == "rejected":
            return None  # a channel's submission of which that was wrong, perhaps
        if original is None or not await self.files.exists(FileRef.model_validate(original)):
            return "its bytes are not in the file store"
        return None


def misplaced(row: Row, cases: Mapping[str, Row], aside: Mapping[str, Row]) -> str | None:
    """What is wrong with where a submission is, by its row, its case, or what was set aside."""
    outcome = row["outcome"]
    if outcome not in OUTCOMES:
        return f"{outcome} is no outcome"
    if outcome in _IN_A_CASE:
        held_in = cases.get(row["case_id"] or "", {}).get("submissions", {})
        told = held_in.get(row["_id"], {}).get("outcome")
        return None if told == outcome else f"{outcome}, but its case says {told or 'nothing'}"
    if outcome == "ignored" and row["case_id"]:
        reports = cases.get(row["case_id"], {}).get("reports", {})
        return None if row["_id"] in reports else "ignored as a report, but its case knows no such one"
    state = aside.get(row["_id"])
    if row["case_id"] or state is None:
        return f"{outcome}, but nothing was set aside"
    return None if state.get("outcome") == outcome else f"{outcome}, but set aside as {state.get('outcome')}"


def table(tallies: Sequence[Tally]) -> str:
    """For a terminal; below it a line for whatever does not agree."""
    heads = ["way in", "in", *OUTCOMES, "waiting", "disagree"]
    lines = [
        [one.via, one.came, *(one.outcomes[outcome] for outcome in OUTCOMES), one.waiting, len(one.wrong)]
        for one in tallies
    ]
    cells = [heads, *([str(cell) for cell in line] for line in lines)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(heads))]
    text = ["  ".join(cell.ljust(widths[n]) for n, cell in enumerate(line)).rstrip() for line in cells]
    return "\n".join([*text, *(f"{one.via}: {wrong}" for one in tallies for wrong in one.wrong)])
