# SPDX-License-Identifier: Apache-2.0
"""What channel systems hand over, taken in by intake's own hook `resolve`, without its store and its files."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.contract.needs.told import Told
from tests.contract.needs.watch import Watch

from chassis.file_content import FileLost
from chassis.i18n import catalogue
from chassis.ids import Signer
from chassis.inputs import event_input
from chassis.records import Readable, Reader
from intake.consumers import SUBMISSIONS
from intake.domain.belonging import ToClosed
from intake.domain.correspondence import Addresses
from intake.domain.segments import Segments
from intake.domain.submission import FileSubmission
from intake.filing.emergencies import load_emergencies
from intake.filing.form_door import FormDoor
from intake.filing.releasing import HeldActs
from intake.filing.resolving import Resolver
from intake.mail.door import MailDoor
from intake.mail.pace import Pace
from intake.persons.identifying import Identifying
from ventanilla_contracts.envelope import FileRef

TOPIC = "channel-submissions"
MAIL = b"""From: =?utf-8?q?Mar=C3=ADa_Ospina?= <maria.ospina@correo.example>
To: servicio@caja.example
Subject: Cuota monetaria
Message-ID: <uno@correo.example>
Date: Mon, 02 Mar 2026 10:15:00 -0500

No me llego la cuota monetaria de febrero.
"""


@dataclass(frozen=True)
class _Files:
    """Has every content, and for all it is a mail; unless it is lost."""

    lost: bool

    async def exists(self, ref: FileRef) -> bool:
        return not self.lost

    async def get(self, ref: FileRef) -> bytes:
        if self.lost:
            raise FileLost(ref.sha256)
        return MAIL

    async def put(self, content: bytes, name: str, type: str = "") -> FileRef:  # noqa: A002
        return FileRef(sha256="0" * 64, name=name, type=type, size=len(content))


class _NothingFiled:
    async def of_submissions(self, submission_ids: Sequence[str]) -> dict[str, str | None]:
        return {}

    async def of_ids(self, case_ids: Sequence[str]) -> dict[str, Any]:
        return {}


class _NobodyKnown:
    async def holders(self, keys: Sequence[str], ids: Sequence[str]) -> tuple[dict[str, Any], set[str]]:
        return {}, set()


def taken_in(told: Told, watch: Watch, *, lost: bool = False) -> FileSubmission:
    """The command that intake makes of it. Raises AssertionError if it cannot be read."""
    parsed = Reader("", {TOPIC: False}, frozenset({"submission-received.v1"})).read(told.record())
    assert isinstance(parsed, Readable), parsed
    item = event_input(parsed, SUBMISSIONS)
    watch.follow(parsed.event)
    with watch.watching():
        asyncio.run(_resolver(lost)([item], told.envelope.time))
    watch.kept(item.message)
    assert isinstance(item.message, FileSubmission)
    return item.message


def _resolver(lost: bool) -> Resolver:
    files: Any = _Files(lost)
    cases: Any = _NothingFiled()
    nobody: Any = _NobodyKnown()
    texts = catalogue("intake")
    addresses = Addresses(frozenset({"servicio@caja.example"}), {})
    mails = MailDoor(files, Signer(["a-key-for-tests-only-of-32-characters"]), addresses, texts)
    nothing_held: Any = None
    identifying, pace = Identifying(nobody, Segments()), Pace(nothing_held, 0)
    return Resolver(
        cases,
        files,
        mails,
        FormDoor(files, texts),
        texts,
        identifying,
        pace,
        HeldActs(nothing_held),
        ToClosed(),
        load_emergencies(),
    )
