# SPDX-License-Identifier: Apache-2.0
"""Which case each submission belongs to, before anything is decided (the chassis's hook ``resolve``)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.decision import Refused
from chassis.files import FileLost, Files
from chassis.i18n import Catalogue
from chassis.ids import uuid5_id
from chassis.inputs import Input
from chassis.records import Readable
from intake.consumers import CASES, SUBMISSIONS
from intake.domain.case import Case, joined_case
from intake.domain.filing import refusal
from intake.domain.submission import FileSubmission, SetAside
from intake.form_door import FormDoor
from intake.mail_door import MailDoor
from intake.pace import Pace, held_back
from intake.store import Cases
from ventanilla_contracts.envelope import Envelope
from ventanilla_contracts.intake import SubmissionForm, SubmissionReceived


@dataclass(frozen=True)
class Resolver:
    """Names the subject of every submission of a batch, in three queries."""

    cases: Cases
    files: Files
    mail_door: MailDoor
    form_door: FormDoor
    catalogue: Catalogue
    pace: Pace | None = None

    async def __call__(self, inputs: Sequence[Input], now: datetime) -> None:
        """Raises Unavailable, or what the file store raises."""
        for item in inputs:
            if isinstance(item.parsed, Readable) and isinstance(item.parsed.event, SubmissionReceived):
                item.message = await self._command(item.parsed.event, item.parsed.envelope, now)
        filings = [(item, item.message) for item in inputs if isinstance(item.message, FileSubmission)]
        known = await self.cases.of_submissions([command.submission_id for _, command in filings])
        cases = await self.cases.of_ids({case for _, command in filings for case in named_cases(command)})
        new = [command for _, command in filings if command.submission_id not in known]
        too_many = await self.pace.exceeded_by(new, now) if self.pace else frozenset()
        for item, command in filings:
            within = command if command.submission_id not in too_many else held_back(command)
            self._place(item, within, known, cases)

    def _place(
        self, item: Input, command: FileSubmission, known: dict[str, str | None], cases: dict[str, Case]
    ) -> None:
        case_id = known.get(command.submission_id, "")
        if case_id == "" and command.set_aside is None:
            joined = joined_case(command.replies_to, command.form.person.email, cases)
            case_id = joined or uuid5_id("case", command.submission_id)
        elif case_id == "" and command.reports and command.reports[0].case_id in cases:
            case_id = command.reports[0].case_id
        item.message = replace(command, case_id=case_id or "")
        item.aggregate = CASES if case_id else SUBMISSIONS
        item.subject = case_id or command.submission_id

    async def _command(self, event: SubmissionReceived, envelope: Envelope, now: datetime) -> FileSubmission:
        try:
            return self._admitted(await self._parsed(event, min(envelope.time, now)), event, envelope, now)
        except FileLost:
            return self._rejected(event, envelope, "personal.mail" if event.personal.mail else "files", "file-lost")

    async def _parsed(self, event: SubmissionReceived, sent_at: datetime) -> FileSubmission | Refused:
        """Received when its channel sent it, unless the form says otherwise. Raises FileLost."""
        personal = event.personal
        for ref in event.files:
            if not await self.files.exists(ref):
                raise FileLost(ref.sha256)
        if personal.mail is not None:
            mail = await self.mail_door.read(await self.files.get(personal.mail))
            filed = await self.mail_door.submission(mail, actor=event.actor, original=personal.mail)
            return self._sent(filed, sent_at)
        if personal.form is None:
            return Refused("submission-empty", kind="invalid", field="$.personal.form")
        found = await self.form_door.submission(
            event.channel, personal.form, actor=event.actor, external_id=event.external_id, files=event.files
        )
        return found if isinstance(found, Refused) or found.form.received_at else self._sent(found, sent_at)

    def _sent(self, filed: FileSubmission, sent_at: datetime) -> FileSubmission:
        """The channel's own delay needs no other reason, and makes no other submission."""
        late = filed.form.late_reason or self.catalogue.t("late.waited-in-channel")
        return replace(filed, form=filed.form.model_copy(update={"received_at": sent_at, "late_reason": late}))

    def _admitted(
        self, found: FileSubmission | Refused, event: SubmissionReceived, envelope: Envelope, now: datetime
    ) -> FileSubmission:
        refused = found if isinstance(found, Refused) else refusal(found, now)
        if isinstance(found, FileSubmission) and refused is None:
            return found
        assert refused is not None  # noqa: S101  # a Refused, or what was just tested
        return self._rejected(event, envelope, (refused.field or "$").removeprefix("$."), refused.code, refused)

    def _rejected(
        self, event: SubmissionReceived, envelope: Envelope, where: str, code: str, refused: Refused | None = None
    ) -> FileSubmission:
        """The reason says what to send instead."""
        text = self.catalogue.t(expected_key(self.catalogue, code), **(refused.values if refused else {}))
        content = event.personal.model_dump_json(exclude_defaults=True)
        content_hash = uuid5_id(content, *(file.sha256 for file in event.files))
        return FileSubmission(
            submission_id=uuid5_id("submission", event.channel, event.external_id, content_hash),
            channel=event.channel,
            external_id=event.external_id,
            external_key=uuid5_id("external-id", event.channel, event.external_id),
            content_hash=content_hash,
            actor=event.actor,
            tracking_code="",
            form=(event.personal.form or SubmissionForm(text="")).model_copy(update={"received_at": envelope.time}),
            files=event.files,
            original=event.personal.mail,
            set_aside=SetAside("rejected", f"{where}: {text}"[:500]),
        )


def named_cases(command: FileSubmission) -> set[str]:
    """The cases that a submission answers letters of, or reports on letters of."""
    return {*command.replies_to, *(report.case_id for report in command.reports)}


def expected_key(catalogue: Catalogue, code: str) -> str:
    """Where the catalogue says what was expected, for a code of the forms or of identity."""
    return f"identity.{code}" if catalogue.find(f"identity.{code}") else f"problems.{code}.expected"
