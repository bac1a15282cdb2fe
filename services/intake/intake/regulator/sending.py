# SPDX-License-Identifier: Apache-2.0
"""Moments 2 and 3: what is owed to the platform is sent in its latest version, and what became of it is noted.

Sent twice it is taken once: the platform says that it is there already. So whoever dies between sending and noting
leaves nothing undone and nothing doubled.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.batch import Processor
from chassis.clock import Clock
from chassis.files import FileLost, Files
from chassis.inputs import Input
from chassis.log import get_logger
from intake.consumers import CASES
from intake.domain.case import Case
from intake.domain.regulator.acts import NoteDispatch
from intake.domain.regulator.codes import OURS, Codes, Incomplete, LeftOut
from intake.domain.regulator.file import Dispatch, Operation, RegulatorFile
from intake.domain.regulator.told import complaint_told, final_answer_name, inquiry_name, progress_told, shortened
from intake.regulator.documents import Documents
from intake.regulator.gateway import Answer, Refusal, RegulatorGateway, Unknown
from intake.store import Cases
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.intake import SubmissionForm

AT_ONCE = 20
Answered = tuple[str, Sequence[FileRef], datetime]
"""Text, files and when it was approved."""

_log = get_logger(__name__)


class NotNoted(Exception):
    """What was sent is sent again, which changes nothing."""


@dataclass(frozen=True)
class Sender:
    """Everything raises RegulatorAway or Unavailable."""

    gateway: RegulatorGateway
    processor: Processor
    cases: Cases
    files: Files
    clock: Clock
    codes: Codes
    documents: Documents

    async def pending(self) -> Sequence[tuple[str, Case]]:
        """Cases of which something is owed, those that wait longest first."""
        return await self.cases.owed_to_regulator(AT_ONCE)

    async def send(self, case_id: str, case: Case) -> None:
        """One operation: the creation if it is owed, else the update."""
        file = case.regulator_file
        if file is None:
            return
        if file.create is not None and file.create.state == "pending":
            await self._note(case_id, await self._create(case_id, case, file, file.create))
        elif file.update is not None and file.update.state == "pending":
            await self._note(case_id, await self._update(case_id, case, file, file.update))

    async def _create(self, case_id: str, case: Case, file: RegulatorFile, owed: Dispatch) -> NoteDispatch:
        row = await self.cases.filing(case_id)
        if row is None:
            raise LookupError("a case without its submission")
        form = SubmissionForm.model_validate(row["personal"]["form"])
        refs = tuple(FileRef.model_validate(one) for one in row["files"])
        body = self.codes.complaint(complaint_told(case, file, form, refs))
        if isinstance(body, (LeftOut, Incomplete)):
            return _not_sent("create", owed, body)
        code = str(body["codigo_queja"])
        answer = await self.gateway.create(body)
        if isinstance(answer, Refusal):
            return NoteDispatch("create", owed.version, "refused", answer.words)
        await self._attach_all(code, refs)
        if len(form.text) > self.codes.platform.limits.text:
            document = await asyncio.to_thread(
                self.documents.whole_complaint, case.number, code, form.text, case.received_at
            )
            await self.gateway.attach(code, f"{code}.pdf", document)
        return NoteDispatch("create", owed.version, "sent", code=code)

    async def _update(self, case_id: str, case: Case, file: RegulatorFile, owed: Dispatch) -> NoteDispatch:
        code = file.code or str(file.said.get("codigo_queja", ""))
        body = self.codes.progress(progress_told(case, file, code, self.clock.now()))
        if isinstance(body, LeftOut):
            return _not_sent("update", owed, body)
        if owed.says.phase == "answered" and (why := await self._attach_answer(case_id, case, file, code)):
            return NoteDispatch("update", owed.version, "refused", why)
        answer = await self.gateway.update(body)
        return _noted(owed, answer)

    async def _attach_answer(self, case_id: str, case: Case, file: RegulatorFile, code: str) -> tuple[str, ...]:
        """Its files, and itself as the document without which nothing is closed; why that one was refused.

        Before them the inquiry of a fraud, without which the platform takes none.
        """
        text, files, at = await self._answer(case_id, case, file)
        if not text.strip():
            return (OURS + "answer-missing",)
        if file.fraud is not None and (why := await self._attach_inquiry(code, file.fraud.inquiry)):
            return why
        document = await asyncio.to_thread(self.documents.final_answer, case.number, code, text, at)
        await self._attach_all(code, files)
        answer = await self.gateway.attach(code, final_answer_name(code), document)
        return answer.words if isinstance(answer, Refusal) else ()

    async def _attach_inquiry(self, code: str, ref: FileRef) -> tuple[str, ...]:
        if ref.size > self.codes.platform.limits.file_bytes:
            return (OURS + "inquiry-too-large",)
        try:
            content = await self.files.get(ref)
        except FileLost:
            return (OURS + "inquiry-missing",)
        answer = await self.gateway.attach(code, inquiry_name(code, ref.name), content)
        return answer.words if isinstance(answer, Refusal) else ()

    async def _answer(self, case_id: str, case: Case, file: RegulatorFile) -> Answered:
        """What was approved; or what was said on the spot (CNF-02)."""
        if file.answer is not None:
            return file.answer.text, file.answer.files, file.answer.approved_at
        row = await self.cases.filing(case_id)
        said = row["personal"]["form"].get("answer_on_spot", "") if row else ""
        return said or case.progress.published_answer or "", (), case.received_at

    async def _attach_all(self, code: str, refs: Sequence[FileRef]) -> None:
        """A file that the platform does not take, or that is lost, keeps nothing else back; it is in the log."""
        for ref in refs:
            if ref.size > self.codes.platform.limits.file_bytes:
                _log.error("regulator-file-too-large", code=code, size=ref.size)
                continue
            try:
                content = await self.files.get(ref)
            except FileLost:
                _log.error("regulator-file-lost", code=code, sha256=ref.sha256)
                continue
            answer = await self.gateway.attach(code, shortened(ref.name), content)
            if not isinstance(answer, Refusal):
                continue
            _log.error("regulator-refused-file", code=code, sha256=ref.sha256)

    async def _note(self, case_id: str, command: NoteDispatch) -> None:
        item = Input(CASES, case_id, message=command)
        await self.processor.process([item])
        if not isinstance(item.outcome, Mapping):
            raise NotNoted(command.operation)


def _not_sent(operation: Operation, owed: Dispatch, why: LeftOut | Incomplete) -> NoteDispatch:
    if isinstance(why, LeftOut):
        return NoteDispatch(operation, owed.version, "left-out", (OURS + "not-supervised",))
    return NoteDispatch(operation, owed.version, "refused", why.why)


def _noted(owed: Dispatch, answer: Answer) -> NoteDispatch:
    if isinstance(answer, Refusal):
        return NoteDispatch("update", owed.version, "refused", answer.words)
    if isinstance(answer, Unknown):
        return NoteDispatch("update", owed.version, "missing")
    return NoteDispatch("update", owed.version, "sent")
