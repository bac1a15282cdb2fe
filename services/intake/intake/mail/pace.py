# SPDX-License-Identifier: Apache-2.0
"""How many mails an hour of one address are answered: two machines that write to each other end here (RFC 3834, 2)."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chassis.mongo import Database, translated
from intake.domain.submission import FileSubmission, SetAside

TOO_MANY = "too-many-from-one-address"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Pace:
    """``most`` mails of one address in an hour; 0 sets no limit. Of two instances each may let some more pass."""

    database: Database
    most: int

    async def exceeded_by(self, new: Sequence[FileSubmission], now: datetime) -> Set[str]:
        """Submission ids of the mails that are too many. Raises Unavailable."""
        by_sender: dict[str, list[str]] = {}
        for command in new:
            if self.most and command.channel == "email" and command.set_aside is None and command.form.person.email:
                by_sender.setdefault(command.form.person.email.casefold(), []).append(command.submission_id)
        if not by_sender:
            return frozenset()
        before = await self._before(list(by_sender), now)
        return {
            submission_id
            for sender, submissions in by_sender.items()
            for submission_id in list(dict.fromkeys(submissions))[max(0, self.most - before.get(sender, 0)) :]
        }

    async def _before(self, senders: Sequence[str], now: datetime) -> dict[str, int]:
        lately: dict[str, Any] = {"sender.address": {"$in": senders}, "registered_at": {"$gt": now - HOUR}}
        stages: list[dict[str, Any]] = [{"$match": lately}, {"$group": {"_id": "$sender.address", "n": {"$sum": 1}}}]
        with translated():
            rows = await self.database.collection("submission_cases").aggregate(stages).to_list(None)
        return {row["_id"]: row["n"] for row in rows}


def held_back(command: FileSubmission) -> FileSubmission:
    """Kept for a person, who sees whether it is a loop or somebody with much to say."""
    return replace(command, set_aside=SetAside("held", TOO_MANY))
