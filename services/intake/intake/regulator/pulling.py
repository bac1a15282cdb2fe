# SPDX-License-Identifier: Apache-2.0
"""Moment 1: what the platform has for the house is stored with its files, and then acknowledged.

What was not acknowledged comes again; whatever was done of it before changes nothing then. A file that cannot be had
now keeps its complaint from being acknowledged, not from being filed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from chassis.batch import Processor
from chassis.clock import Clock
from chassis.files import Files, FileTooLarge
from chassis.i18n import Catalogue
from chassis.ids import random_code, uuid5_id
from chassis.inputs import Input
from chassis.log import get_logger
from chassis.mongo import Conflict, Unavailable
from intake.consumers import CASES
from intake.domain.case import Case
from intake.domain.filing_told import INTAKE
from intake.domain.municipalities import Municipalities
from intake.domain.person_reach import ENDED
from intake.domain.regulator.codes import PlatformCodes
from intake.domain.regulator.complaint import PlatformComplaint, platform_complaint
from intake.domain.submission import FileSubmission, Related, SetAside
from intake.domain.texts import start_of
from intake.regulator.gateway import FileRefused, RegulatorAway, RegulatorGateway, RemoteFile
from intake.store import Cases
from intake.uploaded.scanning import any_infected
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.vocabulary import Channel

CHANNEL: Channel = "regulator"
VIA = "smartsupervision"
WORDS = ("no-text", "subject", "no-code", "late", "reply", "name", "email", "phone", "address", "document_number")
_log = get_logger(__name__)


class NotFiled(Exception):
    """It could not even be held; it comes again."""


@dataclass(frozen=True)
class Puller:
    """Files what a pull brings."""

    gateway: RegulatorGateway
    processor: Processor
    cases: Cases
    files: Files
    clock: Clock
    catalogue: Catalogue
    authority: str
    platform: PlatformCodes
    places: Municipalities
    zone: ZoneInfo

    async def pull(self) -> int:
        """How many were acknowledged, page by page. Raises RegulatorAway, Unavailable."""
        acknowledged = 0
        async for page in self.gateway.pull():
            codes = [code for item in page if (code := await self._taken(item)) is not None]
            refused = await self.gateway.ack(codes) if codes else ()
            if refused:
                _log.error("regulator-refused-acks", count=len(refused))
            acknowledged += len(codes) - len(refused)
        return acknowledged

    async def _taken(self, item: Mapping[str, Any]) -> str | None:
        """One on which the house fails comes again, and keeps no other back."""
        try:
            return await self._take(item)
        except (RegulatorAway, Unavailable, Conflict):
            raise
        except Exception as error:  # its data must not reach the log
            _log.error("regulator-complaint-failed", error=type(error).__name__)
            return None

    async def _take(self, item: Mapping[str, Any]) -> str | None:
        """File it with its files; its code if it may be acknowledged."""
        complaint = platform_complaint(item, self.authority, self.platform, self.places, self._words(), self.zone)
        case = await self._case_of(complaint.code)
        fetched, whole = await self._fetched(complaint)
        there = await self.cases.files_of(case[0]) if case else set[str]()
        new = tuple(ref for ref in fetched if ref.sha256 not in there)
        filed = await self._file(item, complaint, case, new)
        if case is not None and not filed:
            await self._add_files(complaint.code, case, new)
        return complaint.code if whole and complaint.code else None

    async def _case_of(self, code: str) -> tuple[str, Case] | None:
        """The case that the platform's complaint is already."""
        return await self.cases.by_regulator_code(code) if code else None

    async def _fetched(self, complaint: PlatformComplaint) -> tuple[tuple[FileRef, ...], bool]:
        """The files that could be had, and whether these are all."""
        if not (complaint.has_files and complaint.code):
            return (), True
        found: list[FileRef] = []
        whole = True
        for file in await self.gateway.fetch_files(complaint.code):
            ref = await self._kept(file)
            whole = whole and ref is not None
            found += [ref] if ref else []
        return tuple(found), whole

    async def _kept(self, file: RemoteFile) -> FileRef | None:
        try:
            return await self.files.put(self.gateway.download(file), file.name, file.type)
        except (FileRefused, FileTooLarge) as error:
            _log.error("regulator-file-refused", reason=str(error))
        except RegulatorAway as error:
            _log.warning("regulator-file-away", reason=str(error))
        return None

    async def _file(
        self,
        item: Mapping[str, Any],
        complaint: PlatformComplaint,
        case: tuple[str, Case] | None,
        files: tuple[FileRef, ...],
    ) -> bool:
        """As a case of its own, or what is new of it into the case that it is; held where the rules refuse it.

        False where it is nothing new.
        """
        external = complaint.code or complaint.content_hash
        submission_id = uuid5_id("submission", CHANNEL, external, complaint.content_hash)
        if submission_id in await self.cases.of_submissions([submission_id]):
            return False
        command = FileSubmission(
            submission_id=submission_id,
            channel=CHANNEL,
            external_id=external,
            external_key=uuid5_id("external-id", CHANNEL, external),
            content_hash=complaint.content_hash,
            actor=INTAKE,
            tracking_code=random_code(),
            form=self._form(complaint.form),
            files=files,
            via=VIA,
            regulator_said=complaint.said,
            **_belonging(case),
        )
        if any_infected(*files):
            command = replace(command, set_aside=SetAside("held", "infected"))
        if not await self._do(command):
            raw = json.dumps(item, ensure_ascii=False, default=str).encode("utf-8", "replace")
            original = await self.files.put(raw, f"{external[:100]}.json", "application/json")
            held = replace(command, original=original, set_aside=SetAside("held", "unprocessable"))
            if not await self._do(held):
                raise NotFiled(external)
        return True

    async def _add_files(self, code: str, case: tuple[str, Case], files: Sequence[FileRef]) -> None:
        """They could not be fetched before, or are new."""
        for ref in files:
            if not any_infected(ref):
                external = f"{code}#{ref.sha256[:16]}"
                text = self.catalogue.t("regulator.more-files")
                await self._do(
                    FileSubmission(
                        submission_id=uuid5_id("submission", CHANNEL, external, ref.sha256),
                        channel=CHANNEL,
                        external_id=external,
                        external_key=uuid5_id("external-id", CHANNEL, external),
                        content_hash=hashlib.sha256(ref.sha256.encode()).hexdigest(),
                        actor=INTAKE,
                        tracking_code=random_code(),
                        form=SubmissionForm(text=text, regulator=case[1].regulator),
                        files=(ref,),
                        via=VIA,
                        **_belonging(case),
                    )
                )

    async def _do(self, command: FileSubmission) -> bool:
        item = Input(CASES, "", message=command)
        await self.processor.process([item])
        if isinstance(item.outcome, Mapping):
            return True
        _log.error("regulator-complaint-not-filed", outcome=type(item.outcome).__name__)
        return False

    def _form(self, form: SubmissionForm) -> SubmissionForm:
        now = self.clock.now()
        received = min(form.received_at, now) if form.received_at else None
        return form.model_copy(update={"received_at": received, "text": start_of(form.text)})

    def _words(self) -> dict[str, str]:
        return {name: self.catalogue.t(f"regulator.said.{name}") for name in WORDS}


def _belonging(case: tuple[str, Case] | None) -> dict[str, Any]:
    """Into its case; what comes after the end of it is a case of its own that follows it up."""
    if case is None:
        return {}
    case_id, state = case
    if state.progress.status in ENDED:
        return {"related": (Related(case_id, state.number, "follow-up", confirmed=True),)}
    return {"proven_case": case_id}
