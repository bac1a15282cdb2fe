# SPDX-License-Identifier: Apache-2.0
"""Held submissions: what each says, and the acts by which an agent gives it its one final outcome."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from chassis.decision import Refused
from chassis.web.asking import TAKES_IDEMPOTENCY_KEY, ask
from chassis.web.auth import require
from chassis.web.door import door_of
from chassis.web.problems import Problem
from intake.api.desk import Desk, HeldSubmission, held_item
from intake.api.email import AttachmentSeen
from intake.consumers import CASES, SUBMISSIONS
from intake.desk.held import HeldMails, Typed, with_reason_held
from intake.domain.numbers import parse_case_number
from intake.domain.released import too_late
from intake.domain.set_aside import JUDGED_AUTOMATIC, LONGEST_REASON, SetHeldAside
from intake.domain.submission import Outcome
from intake.doors import Doors, Told, problem_of
from intake.mail.reading import ReadMail
from ventanilla_contracts.envelope import Actor, Frozen, LongText, ShortText
from ventanilla_contracts.intake import Person

Decider = Annotated[Actor, Depends(require("agent"))]
SubmissionId = Annotated[str, Path(max_length=64, description="The submission, as the list names it")]


class NewRelease(Frozen):
    """Where a held submission goes, and what an agent writes down where the mail does not say it."""

    case_number: Annotated[str | None, Field(max_length=40, description="Into this case; none: a case of its own")] = (
        None
    )
    person: Annotated[Person | None, Field(description="Who says it, where the mail does not")] = None
    subject: Annotated[ShortText | None, Field(description="Instead of that of the mail")] = None
    text: Annotated[
        LongText | None, Field(description="Instead of that of the mail, which then goes along as a file")
    ] = None


class NewRejection(Frozen):
    """Why it is not taken, in words that tell the sender what to do instead."""

    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON, description="Why, in your words")]


class Decided(BaseModel):
    by: str
    at: datetime
    case_number: str | None


class HeldInFull(HeldSubmission):
    """``text`` is what would be filed; ``person`` whom an answer would go to."""

    outcome: Outcome
    decided: Decided | None
    readable: bool = Field(description="Whether the mail can be read; else an agent writes down what it says")
    person: Person
    text: str
    has_html: bool
    attachments: list[AttachmentSeen]


def held_api(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["desk"])

    @router.get("/held/{submission_id}")
    async def show_held(request: Request, submission_id: SubmissionId, _: Desk) -> HeldInFull:
        """Show a held submission.

        What it says as far as it can be read, why it was held, and once somebody decided, what was done with it.
        """
        row = await held_row(doors, submission_id)
        return in_full(request, doors, row, await held_mails(doors).mail_of(row))

    @router.post("/held/{submission_id}/release", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def release_held(request: Request, submission_id: SubmissionId, actor: Decider, body: NewRelease) -> Told:
        """File a held submission.

        It becomes a case of its own, or joins the case that is named. It counts as received when it came.
        """
        return await release(doors, request, submission_id, body, actor)

    @router.post("/held/{submission_id}/reject", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def reject_held(request: Request, submission_id: SubmissionId, actor: Decider, body: NewRejection) -> Told:
        """Reject a held submission.

        It becomes no case; the reason is kept and told to channel systems.
        """
        command = SetHeldAside(actor, submission_id, "rejected", body.reason)
        return await set_aside(doors, request, command)

    @router.post("/held/{submission_id}/ignore", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def ignore_held(request: Request, submission_id: SubmissionId, actor: Decider) -> Told:
        """Ignore a held submission.

        It was written by a machine and needs no answer.
        """
        return await set_aside(doors, request, SetHeldAside(actor, submission_id, "ignored", JUDGED_AUTOMATIC))

    return router


def held_mails(doors: Doors) -> HeldMails:
    return HeldMails(doors.cases, doors.files, doors.mail)


async def held_row(doors: Doors, submission_id: str) -> dict[str, Any]:
    """The row of a submission that is or was held. Raises Problem: 404, 503."""
    row = await doors.cases.submission(submission_id)
    late = too_late(row)
    if row is None or (late is not None and late.kind == "not-found"):
        raise Problem(404, "held-unknown")
    return with_reason_held(row)


async def release(doors: Doors, request: Request, submission_id: str, wanted: NewRelease, actor: Actor) -> Told:
    """Raises Problem: 404 for submission or case, 409 with what was done before, 422, 503."""
    row = await held_row(doors, submission_id)
    into = await _case_named(doors, wanted.case_number)
    typed = Typed(wanted.person, wanted.subject, wanted.text)
    late_reason = door_of(request).catalogue.t("held.waited-on-desk")
    command = await held_mails(doors).submission(row, typed, actor, into=into, late_reason=late_reason)
    if isinstance(command, Refused):
        raise problem_of(request, command)
    return Told.model_validate(dict(await ask(doors.commands, request, CASES, "", command)))


async def set_aside(doors: Doors, request: Request, command: SetHeldAside) -> Told:
    """Raises Problem: 404, 409 with what was done before, 422, 503."""
    return Told.model_validate(dict(await ask(doors.commands, request, SUBMISSIONS, "", command)))


async def _case_named(doors: Doors, number: str | None) -> str:
    if not (number or "").strip():
        return ""
    parsed = parse_case_number(number or "")
    found = await doors.cases.by_number(str(parsed)) if parsed else None
    if found is None:
        raise Problem(404, "case-unknown")
    return found[0]


def in_full(request: Request, doors: Doors, row: dict[str, Any], read: ReadMail | None) -> HeldInFull:
    form, decided = row["personal"]["form"], row.get("decided")
    parsed = read.parsed if read else None
    person = doors.mail.person_to_answer(read) if read else Person.model_validate(form.get("person", {}))
    return HeldInFull(
        **held_item(request, {**row, "reason": row["reason_held"]}).model_dump(),
        outcome=row["outcome"],
        decided=Decided(by=decided["by"]["id"], at=decided["at"], case_number=decided["case_number"])
        if decided
        else None,
        readable=read is not None,
        person=person,
        text=parsed.text if parsed else form.get("text", ""),
        has_html=bool(parsed and parsed.html),
        attachments=[
            AttachmentSeen(name=one.safe_name, type=one.type, size=one.size, sha256=one.sha256)
            for one in (parsed.attachments if parsed else ())
        ],
    )
