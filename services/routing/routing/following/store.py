# SPDX-License-Identifier: Apache-2.0
"""Reads what the ombudsman asked in a period, and nothing else of those cases."""

from collections.abc import Sequence
from datetime import date

from pymongo import ASCENDING, IndexModel

from chassis.mongo import Database, translated
from routing.consumers import CASES
from routing.domain.answering.ombudsman_follow_up import AskedOfCase

ASKED = "state.ombudsman"
RECEIVED = f"{ASKED}.received_on"
BY_OMBUDSMAN = {"state.by_ombudsman": True}
ASKED_ON = IndexModel([(RECEIVED, ASCENDING)], partialFilterExpression=BY_OMBUDSMAN)
"""Only of cases of which the ombudsman ever asked."""


class FollowUpStore:
    def __init__(self, database: Database) -> None:
        self._cases = database.collection(CASES)

    async def asked(self, first: date, last: date) -> Sequence[AskedOfCase]:
        """The cases of which they asked in the period, with all that they asked. Raises chassis.mongo.Unavailable."""
        received = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        query = {**BY_OMBUDSMAN, ASKED: {"$elemMatch": {"received_on": received}}}
        with translated():
            rows = await self._cases.find(query, {"state.case_number": 1, ASKED: 1}).to_list(None)
        states = (row["state"] for row in rows)
        return [
            AskedOfCase.model_validate({"case_number": state["case_number"], "requests": state["ombudsman"]})
            for state in states
        ]
