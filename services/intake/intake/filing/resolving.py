# SPDX-License-Identifier: Apache-2.0
"""Which case each submission belongs to, before anything is decided (the chassis's hook ``resolve``)."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.decision import Refused
from chassis.files import FileLost, Files
from chassis.i18n import Catalogue
from chassis.ids import uuid5_id
from chassis.inputs import Input
from chassis.records import Readable
from intake.consumers import CASES, SUBMISSIONS
from intake.domain.belonging import Reply, ToClosed, belonging
from intake.domain.case import Case
from intake.domain.emergencies import Emergencies
from intake.domain.emergency_marks import with_emergency
from intake.domain.filing import refusal
from intake.domain.links import LinkCases
from intake.domain.regulator.file import Scope
from intake.domain.submission import FileSubmission, SetAside
from intake.filing.form_door import FormDoor
from intake.filing.releasing import HeldActs, is_act
from intake.mail.door import MailDoor
from intake.mail.pace import Pace, held_back
from intake.persons.identifying import Identifying
from intake.store import Cases
from ventanilla_contracts.envelope import Envelope
from ventanilla_contracts.intake import SubmissionForm, SubmissionReceived

VIA = "channel-submissions"


@dataclass(frozen=True)
class Resolver:
    """Names the subject of every submission of a batch, and the person of every new case, in four queries."""

    cases: Cases
    files: Files
    mail_door: MailDoor
    form_door: FormDoor
    catalogue: Catalogue
    identifying: Identifying
    pace: Pace
    held: HeldActs
    to_closed: ToClosed
    emergencies: Emergencies
    regulator_scope: Scope | None = None

    async def __call__(self, inputs: Sequence[Input], now: datetime) -> None:
        """Raises Unavailable, or what the file store raises."""
        for item in inputs:
            if isinstance(item.parsed, Readable) and isinstance(item.parsed.event, SubmissionReceived):
                item.message = await self._command(item.parsed.event, item.parsed.envelope, now)
        self._scope(inputs)
        await self._place_links(inputs)
        await self.held.resolve(inputs)
        messages = [(item, item.message) for item in inputs if not is_act(item.message)]
        filings = [(item, command) for item, command in messages if isinstance(command, FileSubmission)]
        known = await self.cases.of_submissions([command.submission_id for _, command in filings])
        cases = await self.cases.of_ids({case for _, command in filings for case in named_cases(command)})
        new = [command for _, command in filings if command.submission_id not in known]
        too_many = await self.pace.exceeded_by(new, now)
        for item, command in filings:
            within = command if command.submission_id not in too_many else held_back(command)
            self._place(item, within, known, cases, now)
        for item in inputs:
            item.message = with_emergency(item.message, self.emergencies)
        await self.identifying.new_cases([item for item in inputs if _makes_a_case(item, known)])
        await self.identifying.changes(inputs)

    def _scope(self, inputs: Sequence[Input]) -> None:
        """Whatever becomes a case is reported to the regulator's platform as the house is set up now."""
        for item in inputs if self.regulator_scope else ():
            if isinstance(item.message, FileSubmission):
                item.message = replace(item.message, regulator_scope=self.regulator_scope)

    async def _place_links(self, inputs: Sequence[Input]) -> None:
        """A link is decided where it is kept: a pair that has one keeps it there."""
        asked = [(item, item.message) for item in inputs if isinstance(item.message, LinkCases)]
        owners = await self.cases.of_links([command.link_id for _, command in asked]) if asked else {}
        for item, command in asked:
            item.message = placed = command.kept_at(owners.get(command.link_id))
            item.aggregate, item.subject = CASES, placed.case_id

    def _place(
        self, item: Input, command: FileSubmission, known: dict[str, str | None], cases: dict[str, Case], now: datetime
    ) -> None:
        case_id = known.get(command.submission_id, "")
        if case_id == "" and command.proposal is not None:
            case_id = next((one for one in command.proposal.case_ids if one in cases), "")
            command = replace(command, set_aside=None if case_id else command.set_aside)
        elif case_id == "" and command.set_aside is None:
            reply = Reply(command.form.person.email, command.replies_to, command.addressed)
            found = belonging(reply, cases, self.to_closed, command.form.received_at or now)
            case_id = command.proven_case or found.case_id or uuid5_id("case", command.submission_id)
            command = replace(command, related=found.related or command.related, reopens=found.reopens)
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
            return self._sent(replace(filed, via=VIA), sent_at)
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


def _makes_a_case(item: Input, known: Container[str]) -> bool:
    command = item.message
    if not isinstance(command, FileSubmission) or command.submission_id in known:
        return False
    return item.subject == uuid5_id("case", command.submission_id)


def named_cases(command: FileSubmission) -> set[str]:
    """The cases that a submission answers letters of, was addressed to, proposes a delivery for or reports on."""
    proposed = command.proposal.case_ids if command.proposal else ()
    reported = (report.case_id for report in command.reports)
    return {*command.replies_to, *command.addressed, *proposed, *reported}


def expected_key(catalogue: Catalogue, code: str) -> str:
    """Where the catalogue says what was expected, for a code of the forms or of identity."""
    return f"identity.{code}" if catalogue.find(f"identity.{code}") else f"problems.{code}.expected"
