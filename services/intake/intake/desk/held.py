# SPDX-License-Identifier: Apache-2.0
"""A held submission as the desk reads it, and as it is filed after all: made again from the bytes that were kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chassis.decision import Refused
from chassis.files import FileLost, Files
from chassis.ids import random_code
from intake.domain.forms import NOBODY, checked_person
from intake.domain.mail import Attachment, Defect
from intake.domain.submission import FileSubmission, Release
from intake.domain.texts import one_line, readable, start_of
from intake.mail.door import UNPARSEABLE, MailDoor
from intake.mail.reading import ReadMail
from intake.store import Cases
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import Person, SubmissionForm

Row = Mapping[str, Any]

NOT_TO_BE_READ = UNPARSEABLE
"""Held for this reason it broke whatever read it: nobody tries again by opening a page."""

READ_IN_PART = frozenset({NOT_TO_BE_READ, "too-complex", "too-large"})


@dataclass(frozen=True, slots=True)
class Typed:
    """What an agent writes down because the mail does not say it, or cannot be read; None leaves what it says."""

    person: Person | None = None
    subject: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class HeldMails:
    """Reads what is held, and makes submissions of it."""

    cases: Cases
    files: Files
    mail: MailDoor

    async def mail_of(self, row: Row) -> ReadMail | None:
        """The mail, read again; None where it cannot be, or must not be."""
        if row["reason_held"] == NOT_TO_BE_READ or row["original"] is None:
            return None
        try:
            read = await self.mail.read(await self.files.get(original_of(row)))
        except FileLost:
            return None
        return None if Defect.UNPARSEABLE in read.parsed.defects else read

    async def attachment(self, row: Row, n: int) -> Attachment | None:
        """The n-th file of the mail, from 1."""
        read = await self.mail_of(row)
        found = read.parsed.attachments if read else ()
        return found[n - 1] if 0 < n <= len(found) else None

    async def submission(
        self, row: Row, typed: Typed, actor: Actor, *, into: str, late_reason: str
    ) -> FileSubmission | Refused:
        """What to file; received when it came, and what waited on the desk needs no other reason for being late."""
        read = await self.mail_of(row)
        filed = await self._read(row, read, actor) if read else _unread(row, actor)
        form = typed_over(filed.form, typed)
        if isinstance(form, Refused):
            return form
        if read is None and not form.text.strip():
            return Refused("text-missing", kind="invalid", field="$.text")
        received = {"received_at": row["received_at"], "late_reason": form.late_reason or late_reason}
        return replace(
            filed,
            submission_id=row["_id"],
            channel=row["channel"],
            external_id=row["external_id"],
            external_key=None,
            content_hash=row["content_hash"],
            same_external_id_as=row["same_external_id_as"],
            form=form.model_copy(update=received),
            files=self._files(row, filed, typed),
            full_text=None if typed.text else filed.full_text,
            set_aside=None,
            released=Release(into=into),
            via=row.get("via"),
            regulator_said=row.get("regulator_said"),
        )

    async def _read(self, row: Row, read: ReadMail, actor: Actor) -> FileSubmission:
        taken = replace(read, set_aside=None, proposal=None)
        filed = await self.mail.submission(taken, actor=actor, original=original_of(row))
        return replace(filed, form=filed.form.model_copy(update={"person": self.mail.person_to_answer(read)}))

    def _files(self, row: Row, filed: FileSubmission, typed: Typed) -> tuple[FileRef, ...]:
        """With the mail as it came, where it says more than what is filed of it."""
        in_part = row["reason_held"] in READ_IN_PART or typed.text
        return (*filed.files, *([original_of(row)] if in_part and row["original"] else []))


def with_reason_held(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row and, whatever was decided since, why it was held."""
    return {**row, "reason_held": row["decided"]["held_for"] if row.get("decided") else row["reason"]}


def original_of(row: Row) -> FileRef:
    return FileRef.model_validate(row["original"])


def typed_over(form: SubmissionForm, typed: Typed) -> SubmissionForm | Refused:
    """The form with what was typed; of whom nothing is known the case is anonymous."""
    person = checked_person(readable(typed.person)) if typed.person else form.person
    if isinstance(person, Refused):
        return person
    return form.model_copy(
        update={
            "person": person,
            "anonymous": person == NOBODY,
            "subject": form.subject if typed.subject is None else one_line(typed.subject),
            "text": start_of(readable(typed.text)) if typed.text else form.text,
        }
    )


def _unread(row: Row, actor: Actor) -> FileSubmission:
    form = SubmissionForm.model_validate({"text": "", **row["personal"]["form"]})
    return FileSubmission(
        submission_id=row["_id"],
        channel=row["channel"],
        external_id=row["external_id"],
        external_key=None,
        content_hash=row["content_hash"],
        actor=actor,
        tracking_code=random_code(),
        form=form,
        files=tuple(FileRef.model_validate(file) for file in row["files"]),
        original=original_of(row) if row["original"] else None,
    )
