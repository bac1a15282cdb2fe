# SPDX-License-Identifier: Apache-2.0
"""What every way in by HTTP works with."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile

from chassis.clock import Clock
from chassis.commands import Commands
from chassis.decision import Refused
from chassis.files import Files
from chassis.web.asking import ask, refused
from chassis.web.door import door_of
from chassis.web.problems import FieldError, Problem
from intake.consumers import CASES
from intake.domain.belonging import Reply, belonging
from intake.domain.correspondence import LONGEST_ID
from intake.domain.submission import ConsentAsked, FileSubmission, Outcome
from intake.filing.form_door import FormDoor
from intake.filing.links import Links
from intake.mail.counts import MailCounts
from intake.mail.door import MailDoor
from intake.mail.reading import ReadMail
from intake.mail.readings import Readings
from intake.persons.people import People
from intake.settings import IntakeSettings
from intake.store import Cases
from intake.uploaded.uploads import kept_for_good
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.vocabulary import Channel

IDEMPOTENCY_KEY = "Idempotency-Key"
_CHUNK = 1 << 16


class Told(BaseModel):
    """What became of a submission."""

    submission_id: str
    outcome: Outcome
    reason: str | None = Field(None, description="Why it was held, ignored or rejected")
    repeat: bool = Field(description="It was filed before; this is the first outcome again")
    case_number: str | None = None
    tracking_code: str | None = Field(None, description="With the number it shows the case at /track; keep it secret")


@dataclass(frozen=True)
class Doors:
    """The parts that HTTP handlers share."""

    settings: IntakeSettings
    clock: Clock
    commands: Commands
    cases: Cases
    files: Files
    mail: MailDoor
    forms: FormDoor
    people: People
    counts: MailCounts
    links: Links
    readings: Readings
    uploads: Files

    async def file_form(
        self,
        request: Request,
        channel: Channel,
        form: SubmissionForm,
        actor: Actor,
        *,
        external_id: str | None = None,
        uploads: Sequence[UploadFile] = (),
        kept: Sequence[FileRef] = (),
        consent_asked: ConsentAsked | None = None,
    ) -> Told:
        """File a form with its uploads and what was ``kept`` of it before. Raises Problem."""
        if len(uploads) + len(kept) > self.settings.most_files:
            raise problem_of(request, too_many_files(self.settings.most_files))
        refs = (*kept, *await self.keep_for_now(uploads))
        external = external_id or external_id_in(request)
        command = await self.forms.submission(channel, form, actor=actor, external_id=external, files=refs)
        if isinstance(command, Refused):
            raise problem_of(request, command)
        files = await self.keep_for_good(refs)
        return await self.file(request, replace(command, files=files, consent_asked=consent_asked))

    async def would_become(self, mail: ReadMail) -> tuple[Outcome, str | None]:
        """What filing this mail now would do, and why. Raises Unavailable."""
        proposed = mail.proposal.case_ids if mail.proposal else ()
        cases = await self.cases.of_ids({*mail.addressed, *mail.replies_to, *proposed})
        if any(case_id in cases for case_id in proposed):
            return "appended", None
        if mail.set_aside is not None:
            return mail.set_aside.outcome, mail.set_aside.reason
        reply = Reply(mail.parsed.from_address, mail.replies_to, mail.addressed)
        found = belonging(reply, cases, self.settings.to_closed, self.clock.now())
        return ("appended", None) if found.case_id else ("created", None)

    async def file(self, request: Request, command: FileSubmission) -> Told:
        """Carry it out. An Idempotency-Key that was used before gives the first answer. Raises Problem."""
        told = Told.model_validate(dict(await ask(self.commands, request, CASES, "", command)))
        answered_before = told.tracking_code not in (None, command.tracking_code)
        return told.model_copy(update={"repeat": told.repeat or answered_before})

    async def keep(self, uploads: Sequence[UploadFile]) -> tuple[FileRef, ...]:
        """Store what was uploaded. Raises FileTooLarge, which the chassis answers."""
        return await _stored(self.files, uploads)

    async def keep_for_now(self, uploads: Sequence[UploadFile]) -> tuple[FileRef, ...]:
        """The same, until its form is sent, or for some days. Raises FileTooLarge."""
        return await _stored(self.uploads, uploads)

    async def keep_for_good(self, refs: Sequence[FileRef]) -> tuple[FileRef, ...]:
        """What a submission is about to refer to. Raises Unavailable."""
        return await kept_for_good(refs, self.uploads, self.files)


def too_many_files(most: int) -> Refused:
    return Refused("too-many-files", kind="invalid", field="$.files", values={"most": most})


async def _stored(files: Files, uploads: Sequence[UploadFile]) -> tuple[FileRef, ...]:
    return tuple([await files.put(_pieces(one), one.filename or "", one.content_type or "") for one in uploads])


async def _pieces(upload: UploadFile) -> AsyncIterator[bytes]:
    while piece := await upload.read(_CHUNK):
        yield piece


def problem_of(request: Request, outcome: Refused) -> Problem:
    """A refusal of the rules; what is wrong with a person's data is told as one field among others."""
    if door_of(request).catalogue.find(f"identity.{outcome.code}") is None:
        return refused(outcome)
    error = FieldError(
        field=outcome.field or "$", message="validation.message.wrong", expected=f"identity.{outcome.code}"
    )
    return Problem(422, errors=[error], values=outcome.values)


def external_id_in(request: Request, header: str = IDEMPOTENCY_KEY) -> str | None:
    """The header, which is the external id of what has none. Raises Problem."""
    key = request.headers.get(header)
    if key is not None and not 0 < len(key) <= LONGEST_ID:
        values: dict[str, Any] = {"max_length": LONGEST_ID}
        expected = "validation.expected.string_too_long"
        error = FieldError(field=f"header.{header}", message="validation.message.wrong", expected=expected)
        raise Problem(422, errors=[error], values=values)
    return key
