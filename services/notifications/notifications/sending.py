# SPDX-License-Identifier: Apache-2.0
"""The sender: one process at a time takes letters from the store to the mail server (design 2, hazard 18).

A letter is marked ``sending`` before the mail server hears of it, and its outcome is a command about its case. What a
dead sender left in hand goes again, under the same Message-ID; answers and certificates wait for a person instead.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from chassis.clock import Clock
from chassis.files import FileLost
from chassis.leases import Lease
from chassis.log import bound, get_logger
from notifications.domain.case import Case
from notifications.domain.letters import FIRST, SENT_ONCE, Letter
from notifications.domain.outcomes import LetterFailed, LetterPointless, LetterSent, LetterUnknown
from notifications.domain.rules import MAY_BE_POINTLESS, pointless
from notifications.mail import Composer, Mail, Unsendable
from notifications.measures import Measures
from notifications.pace import Pace
from notifications.rounds import handfuls
from notifications.smtp import Away, HandedOver, InDoubt, Mailer, MailServerAway, Postponed, Rejected, Taken
from notifications.store import Letters
from notifications.telling import Outcomes

_log = get_logger(__name__)


BATCH = 200
LONGEST_PAUSE_SECONDS = 30.0
MOST_ATTEMPTS = 100
"""Refused for now so often (some four days, RFC 5321 4.5.4.1) is refused."""


class Sender:
    """Sends what waits, over several connections, while it holds the lease."""

    def __init__(
        self,
        letters: Letters,
        outcomes: Outcomes,
        composer: Composer,
        mailers: Sequence[Mailer],
        lease: Lease,
        clock: Clock,
        measures: Measures,
        process: str,
        pace: Pace,
    ) -> None:
        self._letters = letters
        self._outcomes = outcomes
        self._composer = composer
        self._mailers = mailers
        self._lease = lease
        self._clock = clock
        self._measures = measures
        self._process = process
        self._pace = pace
        self._held_until = 0.0
        self._away = 0
        self._again_at = 0.0
        self._in_hand: set[str] = set()
        self._overtaken = False

    async def step(self) -> bool:
        """Send one batch; whether there may be more. Raises Unavailable. A cancelled step ends its dialogues first."""
        if time.monotonic() < self._again_at or not await self._holding():
            return False
        await self._recover()
        letters = await self._letters.waiting("pending", BATCH)
        if not letters or not await self._connected():
            return False
        doubtful = [letter.case_id for letter in letters if letter.kind in MAY_BE_POINTLESS]
        cases = await self._letters.cases(doubtful) if doubtful else {}
        queue = handfuls(letters)
        self._in_hand, self._overtaken = {letter.id for letter in letters}, False
        work = asyncio.gather(*(self._work(mailer, queue, cases) for mailer in self._mailers), return_exceptions=True)
        try:
            done = await asyncio.shield(work)
        except asyncio.CancelledError:
            self._outcomes.closing = True
            await work
            raise
        for error in done:
            if isinstance(error, Exception):
                raise error
        return self._overtaken or len(letters) == BATCH

    async def end(self) -> None:
        for mailer in self._mailers:
            await mailer.quit()
        await self._lease.release()

    async def _work(self, mailer: Mailer, queue: Iterator[Sequence[Letter]], cases: Mapping[str, Case]) -> None:
        for handful in queue:
            if await self._must_wait(handful):
                return
            if not await self._may_go_on() or not await self._deal_with(mailer, handful, cases):
                return

    async def _must_wait(self, handful: Sequence[Letter]) -> bool:
        """Whether something has come that goes before these: then they go with the next batch (SQR-03)."""
        place = min(letter.place for letter in handful)
        if place > FIRST and not self._overtaken:
            self._overtaken = bool(await self._letters.before(place, BATCH) - self._in_hand)
        return self._overtaken and place > FIRST

    async def _may_go_on(self) -> bool:
        return not self._outcomes.closing and await self._holding()

    async def _deal_with(self, mailer: Mailer, handful: Sequence[Letter], cases: Mapping[str, Case]) -> bool:
        """Whether to go on: not when the mail server went away. Their outcomes are saved together."""
        written = [(letter, await self._mail_of(letter, cases.get(letter.case_id))) for letter in handful]
        before = {letter.id: letter for letter in handful}
        mails = {letter.id: mail for letter, mail in written if mail is not None}
        claimed = await self._letters.claim([before[letter_id] for letter_id in mails], self._process)
        telling: list[asyncio.Task[None]] = []
        there = True
        try:
            for letter in claimed:
                if there and await self._may_go_on():
                    outcome = await self._hand_over(mailer, letter, mails[letter.id])
                    there = not isinstance(outcome, Away)
                else:
                    outcome = Away("not tried")
                if isinstance(outcome, Away):
                    await self._letters.put_back(before[letter.id], outcome.reason, claimed_by=self._process)
                else:
                    telling.append(asyncio.create_task(self._settle(letter, outcome)))
        finally:
            await asyncio.gather(*telling)
        return there

    async def _hand_over(self, mailer: Mailer, letter: Letter, mail: Mail) -> HandedOver:
        outcome = await mailer.hand_over(mail)
        self._measures.attempted(letter.kind, type(outcome).__name__.lower())
        return outcome

    async def _mail_of(self, letter: Letter, case: Case | None) -> Mail | None:
        with _about(letter):
            if case is not None and pointless(letter, case):
                await self._outcomes.tell(LetterPointless(letter))
                return None
            return await self._composed(letter)

    async def _composed(self, letter: Letter) -> Mail | None:
        """Before it is claimed: nothing of this leaves the house."""
        try:
            mail = await self._composer.compose(letter, self._clock.now())
        except Unsendable as error:
            await self._outcomes.tell(LetterFailed(letter, str(error)))
        except (FileLost, OSError) as error:
            self._file_missing(error=type(error).__name__)
            await self._later(letter.model_copy(update={"attempt": letter.attempt + 1}), "a file is missing")
        except Exception:
            self._measures.alarm("letter-not-written")
            _log.exception("letter-not-written")
            await self._outcomes.tell(LetterFailed(letter, "it could not be written"))
        else:
            if mail.lost:
                self._file_missing(mail.lost)
            return mail
        return None

    def _file_missing(self, number: int = 1, error: str = "FileLost") -> None:
        self._measures.alarm("letter-file-missing")
        _log.error("letter-file-missing", number=number, error=error)

    async def _settle(self, letter: Letter, outcome: Taken | Rejected | Postponed | InDoubt) -> None:
        with _about(letter):
            match outcome:
                case Taken(refused):
                    await self._outcomes.tell(LetterSent(letter, refused))
                case Rejected(reason):
                    await self._outcomes.tell(LetterFailed(letter, reason))
                case InDoubt() if letter.kind in SENT_ONCE:
                    await self._doubt(letter)
                case Postponed(reason) | InDoubt(reason):
                    await self._later(letter, reason)

    async def _later(self, letter: Letter, reason: str) -> None:
        if letter.attempt >= MOST_ATTEMPTS:
            await self._outcomes.tell(LetterFailed(letter, reason))
            return
        _log.warning("letter-postponed", attempt=letter.attempt, reason=reason)
        await self._letters.put_back(letter, reason, datetime.now(UTC) + self._pace.wait(letter.attempt))

    async def _doubt(self, letter: Letter) -> None:
        self._measures.alarm("letter-unknown")
        _log.error("letter-unknown", case_number=letter.case_number)
        await self._outcomes.tell(LetterUnknown(letter, self._clock.now()))

    async def _recover(self) -> None:
        """What a former sender had in hand: the lease is ours, so it is dead or has long given up."""
        for letter in await self._letters.waiting("sending", BATCH):
            with _about(letter):
                if letter.kind in SENT_ONCE:
                    await self._doubt(letter)
                else:
                    _log.warning("letter-goes-again", attempt=letter.attempt)
                    await self._letters.put_back(letter, "the sender died")

    async def _connected(self) -> bool:
        """Whether the mail server is there; while it is not, no letter is touched and the pauses grow."""
        try:
            await self._mailers[0].connect()
        except MailServerAway as error:
            self._away += 1
            pause = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(self._away - 1, 10))
            self._again_at = time.monotonic() + pause
            _log.warning("mail-server-away", reason=str(error), pause=pause)
        else:
            self._away = 0
        self._measures.mail_server(up=self._away == 0)
        return self._away == 0

    async def _holding(self) -> bool:
        """Whether the lease outlasts another dialogue; renewed in time."""
        if time.monotonic() + self._pace.needed > self._held_until:
            asked = time.monotonic()
            self._held_until = asked + self._pace.lease if await self._lease.hold() else 0.0
        return time.monotonic() + self._pace.needed <= self._held_until


def _about(letter: Letter) -> AbstractContextManager[None]:
    return bound(subject=letter.case_id, letter=letter.id, kind=letter.kind)
