# SPDX-License-Identifier: Apache-2.0
"""Open cases that something which the organisation laid down anew has yet to reach, so many at once."""

import asyncio
from collections.abc import Mapping, Sequence

from chassis.batch import Processor
from chassis.inputs import Input
from chassis.mongo import Database, translated
from chassis.subjects import Aggregate
from routing.cases.fields import OPEN
from routing.domain.commands import CountAgain, TakeMatrix

AT_ONCE = 200


class LeftCases:
    """A case says in its state what it goes by, so that each is found until it was reached."""

    def __init__(self, database: Database, processor: Processor, cases: Aggregate) -> None:
        self._cases = database.collection(cases.name)
        self._processor = processor
        self._aggregate = cases

    async def found(self, go_by: Mapping[str, object]) -> list[str]:
        """Ids of open cases that go by this, AT_ONCE at most. Raises Unavailable."""
        with translated():
            rows = await self._cases.find({OPEN: True, **go_by}, {"_id": 1}).limit(AT_ONCE).to_list(None)
        return [row["_id"] for row in rows]

    async def tell(self, case_ids: Sequence[str], command: CountAgain | TakeMatrix) -> bool:
        """Whether all of them were saved; those that were not are found again. Raises Unavailable."""
        inputs = [Input(self._aggregate, case_id, message=command) for case_id in case_ids]
        await self._processor.process(inputs)
        await asyncio.sleep(0)
        return all(item.saved for item in inputs)
