# SPDX-License-Identifier: Apache-2.0
"""What a person adds to their case, proven by its number and code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import Request
from starlette.datastructures import UploadFile

from chassis.decision import Refused
from chassis.ids import uuid5_id
from chassis.web.problems import Problem
from chassis.web.throttle import Throttle
from intake.domain.case import Case
from intake.domain.membership.asking import documents_refusal
from intake.domain.submission import FileSubmission
from intake.doors import Doors, Told, external_id_in, problem_of, too_many_files
from intake.mail.door import CITIZEN
from intake.tracking import Tracking, address_of
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.intake import MembershipDocument, SubmissionForm


@dataclass(frozen=True)
class Messages:
    """Adds messages to cases; so many a case and an address, and then 429."""

    doors: Doors
    tracking: Tracking
    throttle: Throttle

    async def add(
        self,
        request: Request,
        number: str,
        code: str,
        text: str,
        *,
        uploads: Sequence[UploadFile] = (),
        kept: Sequence[FileRef] = (),
        form_id: str | None = None,
        documents: tuple[MembershipDocument, ...] = (),
    ) -> Told:
        """Append to the case; ``documents`` says which files are which of a membership request.

        The same again (by ``form_id`` or Idempotency-Key) changes nothing.

        Raises Problem: 404 for a wrong number or code, 409 where the case has ended, 422, 429, 503; FileTooLarge.
        """
        case_id, case = await self.tracking.opened(request, number, code)
        who = (f"message {case.number}", address_of(request))
        if self.throttle.blocked(*who):
            raise Problem(429, "too-many-messages", headers={"Retry-After": "900"})
        if len(uploads) + len(kept) > self.doors.settings.most_files:
            raise problem_of(request, too_many_files(self.doors.settings.most_files))
        refs = (*kept, *await self.doors.keep_for_now(uploads))
        asked = case.membership.awaited if case.membership else ()
        if refused := documents_refusal(asked, documents, refs):
            raise problem_of(request, refused)
        command = await self._command(request, case, text, refs, form_id or external_id_in(request))
        files = await self.doors.keep_for_good(refs)
        told = await self.doors.file(request, replace(command, files=files, proven_case=case_id, documents=documents))
        self.throttle.failed(*who)
        return told

    async def _command(
        self, request: Request, case: Case, text: str, files: tuple[FileRef, ...], name: str | None
    ) -> FileSubmission:
        """``name`` is the sender's own for this message; files may come without a word."""
        alone = self.doors.forms.catalogue.t("citizen.add.only-files") if files else ""
        external = f"track:{uuid5_id(case.number, name)}" if name else None
        form = SubmissionForm(text=text if text.strip() else alone)
        command = await self.doors.forms.submission("web", form, actor=CITIZEN, external_id=external, files=files)
        if isinstance(command, Refused):
            raise problem_of(request, command)
        return command
