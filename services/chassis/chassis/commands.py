# SPDX-License-Identifier: Apache-2.0
"""Commands from people, many in one commit; answered once committed, within five seconds or not at all (design 2)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from chassis.batch import Processor
from chassis.decision import Refused
from chassis.idempotency import fingerprint_of
from chassis.inputs import Input
from chassis.mongo import CommitUnknown, Unavailable
from chassis.subjects import Aggregate

ANSWER_SECONDS = 5.0
MOST_AT_ONCE = 500


class NotAnswered(Exception):
    """The database is away: nothing is promised; ``unknown`` if the command may have been carried out all the same."""

    def __init__(self, *, unknown: bool) -> None:
        super().__init__("unknown" if unknown else "not done")
        self.unknown = unknown


@dataclass(slots=True)
class _Asked:
    input: Input
    answer: "asyncio.Future[Mapping[str, object] | Refused]"
    begun: bool = False


class Commands:
    """The queue of commands of one process and its group commit."""

    def __init__(self, processor: Processor) -> None:
        self._processor = processor
        self._queue: asyncio.Queue[_Asked] = asyncio.Queue()

    async def execute(
        self,
        aggregate: Aggregate,
        subject: str,
        command: object,
        *,
        traceparent: str | None = None,
        key: str | None = None,
        body: bytes = b"",
    ) -> Mapping[str, object] | Refused:
        """Decide and commit one command; its result, or why it is refused. Raises NotAnswered, or the bug it met.

        ``subject`` may be "" where the service resolves it; ``key`` is the Idempotency-Key and ``body`` what it is for.
        """
        item = Input(aggregate, subject, message=command, traceparent=traceparent, key=key)
        item.fingerprint = fingerprint_of(body) if key else ""
        asked = _Asked(item, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(asked)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await asyncio.shield(asked.answer)
        except TimeoutError:
            raise NotAnswered(unknown=asked.begun) from None
        finally:
            asked.answer.cancel()  # who does not wait any more: what was not begun is not done

    async def run(self) -> None:
        """Commit what was asked, for ever."""
        while True:
            asked = [await self._queue.get()]
            while len(asked) < MOST_AT_ONCE and not self._queue.empty():
                asked.append(self._queue.get_nowait())
            await self._commit([one for one in asked if not one.answer.cancelled()])

    async def _commit(self, asked: list[_Asked]) -> None:
        for one in asked:
            one.begun = True
        try:
            await self._processor.process([one.input for one in asked])
        except Exception as error:
            for one in asked:
                _tell(one, _told(error))
        else:
            for one in asked:
                _tell(one, None)


def _told(error: Exception) -> Exception:
    return NotAnswered(unknown=isinstance(error, CommitUnknown)) if isinstance(error, Unavailable) else error


def _tell(asked: _Asked, error: Exception | None) -> None:
    """What stands is told even if others of the same commit failed."""
    if asked.answer.done():
        return
    outcome = asked.input.outcome
    if asked.input.saved or error is None:
        error = outcome if isinstance(outcome, Exception) else None
    if error is not None:
        asked.answer.set_exception(error)
    else:
        asked.answer.set_result({} if outcome is None or isinstance(outcome, Exception) else outcome)
