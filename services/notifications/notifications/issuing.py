# SPDX-License-Identifier: Apache-2.0
"""Makes the certificates that letters wait for, whether or not the mail server is there (CNF-05)."""

import asyncio

from chassis.clock import Clock
from chassis.files import Files
from chassis.leases import Lease
from chassis.log import bound, get_logger
from notifications.certificates import certificate, certificate_name
from notifications.domain.letters import Letter
from notifications.domain.outcomes import CertificateIssued, LetterFailed
from notifications.measures import Measures
from notifications.store import Letters
from notifications.telling import Outcomes
from notifications.wording import Wording

_log = get_logger(__name__)

STEP_SECONDS = 0.5
BATCH = 20


class Issuing:
    """One process at a time; twice by misfortune is harmless: the first to be saved counts."""

    def __init__(
        self,
        letters: Letters,
        outcomes: Outcomes,
        wording: Wording,
        files: Files,
        lease: Lease,
        clock: Clock,
        measures: Measures,
        organisation: str,
    ) -> None:
        self._letters = letters
        self._outcomes = outcomes
        self._wording = wording
        self._files = files
        self._lease = lease
        self._clock = clock
        self._measures = measures
        self._organisation = organisation

    async def step(self) -> None:
        """Issue what waits. Raises Unavailable, or OSError while the store of files is away."""
        letters = await self._letters.waiting("preparing", BATCH)
        if letters and await self._lease.hold():
            for letter in letters:
                with bound(subject=letter.case_id, letter=letter.id):
                    await self._issue(letter)

    async def _issue(self, letter: Letter) -> None:
        try:
            pdf = await asyncio.to_thread(certificate, letter, self._wording, self._organisation, self._clock.now())
        except Exception:
            self._measures.alarm("certificate-not-made")
            _log.exception("certificate-not-made")
            await self._outcomes.tell(LetterFailed(letter, "its certificate could not be made"))
            return
        file = await self._files.put(pdf, certificate_name(letter), "application/pdf")
        await self._outcomes.tell(CertificateIssued(letter, file))
