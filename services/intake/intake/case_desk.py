# SPDX-License-Identifier: Apache-2.0
"""What an agent sees of a case in intake and does with it: API and pages do it in one way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, StringConstraints

from chassis.ids import new_id, random_code, uuid5_id
from chassis.web.asking import ask
from chassis.web.downloads import download
from chassis.web.problems import FieldError, Problem
from intake.consumers import CASES
from intake.cursor import BadCursor
from intake.domain.case import Case, EmergencyMark
from intake.domain.links import LinkCases, SettleLink
from intake.domain.numbers import parse_case_number
from intake.domain.splitting import BY_SPLIT, SplitCase
from intake.domain.submission import FileSubmission, OfficialMailbox, Outcome, form_hash
from intake.domain.texts import one_line, readable
from intake.domain.tutelas import TutelaHints, tutela_hints
from intake.doors import Doors, external_id_in
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, ShortText
from ventanilla_contracts.intake import (
    MailThread,
    Person,
    Product,
    RegulatorRequest,
    SocialProfile,
    SubmissionForm,
    Tutela,
)
from ventanilla_contracts.vocabulary import CaseStatus, Channel, LinkRelation, LinkStatus

MOST_MESSAGES = 200
LONGEST_SECOND_MATTER = 20_000
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class NewLink(Frozen):
    """The other case, and why both belong together."""

    number: Annotated[str, Field(min_length=1, max_length=40, description="The number of the other case")]
    relation: Literal["same-matter", "duplicate"] = "same-matter"


class Settling(Frozen):
    """What becomes of a link."""

    status: Literal["confirmed", "dismissed"]
    seen: Annotated[LinkStatus, Field(description="The status that you saw: if it is another now, nothing changes")] = (
        "proposed"
    )


class NewSplit(Frozen):
    """The second matter of a message."""

    subject: ShortText = ""
    text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_SECOND_MATTER),
        Field(description="What the new case is about, in the words of the person"),
    ]
    files: Annotated[tuple[Sha256, ...], Field(description="Those of the message that belong to it")] = ()
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    message: Annotated[
        str | None, Field(max_length=100, description="Its submission id; without it the first message of the case")
    ] = None


class MessageShown(BaseModel):
    """What was said once, through one channel."""

    submission_id: str
    outcome: Outcome
    channel: Channel
    received_at: datetime
    registered_at: datetime
    subject: str
    text: str
    full_text: FileRef | None
    files: list[FileRef]
    original: FileRef | None = Field(description="The mail as it came")
    archive_place: str | None = Field(None, description="Where the paper lies")
    social: SocialProfile | None = Field(None, description="Where it was said in public")
    product_reference: str | None = None
    product: Product | None = Field(None, description="Which piece it is about")


class LinkShown(BaseModel):
    """A link as this case sees it."""

    id: str
    number: str = Field(description="The other case")
    relation: LinkRelation
    status: LinkStatus
    kept_here: bool = Field(description="Whether it is this case that quotes, repeats or was split")
    score: int | None = Field(description="Of a likely duplicate: how alike both are, to 100")
    at: datetime
    by: Actor


class CaseSeen(BaseModel):
    """A case as intake has it: what was said, by whom, and with which cases it is linked."""

    case_number: str
    status: CaseStatus
    channel: Channel
    received_at: datetime
    registered_at: datetime
    anonymous: bool
    person: Person
    mark: EmergencyMark | None = Field(description="What was decided last of its being an emergency; null: never one")
    tutela: Tutela | None
    tutela_hint: TutelaHints | None = Field(description="What it seems to say of a tutela that nobody registered")
    regulator: RegulatorRequest | None
    official: OfficialMailbox | None = Field(description="Of a mail to the mailbox for official notices: who sent it")
    messages: list[MessageShown]
    links: list[LinkShown]
    next_links: str | None = Field(description="Cursor of the links that follow; null at the end")


class LinkTold(BaseModel):
    """The link as it is now; ``case_number`` is the case at which it is kept."""

    id: str
    case_number: str
    other_case_number: str
    relation: LinkRelation
    status: LinkStatus


class SplitTold(BaseModel):
    """Both cases; the code is told once."""

    case_number: str
    new_case_number: str
    tracking_code: str | None = Field(None, description="Of the new case, for a person who cannot be written to")


@dataclass(frozen=True)
class CaseDesk:
    """Every method raises Problem: 404 for what is not there, 409, 422, 503."""

    doors: Doors

    async def case(self, number: str) -> tuple[str, Case]:
        parsed = parse_case_number(number)
        found = await self.doors.cases.by_number(str(parsed)) if parsed else None
        if found is None:
            raise Problem(404, "case-unknown")
        return found

    async def show(self, number: str, limit: int = 50, cursor: str | None = None) -> CaseSeen:
        case_id, case = await self.case(number)
        rows = await self.doors.links.said(case_id, MOST_MESSAGES)
        try:
            links, following = await self.doors.links.of_case(case_id, limit, cursor)
        except BadCursor:
            error = FieldError(field="query.cursor", message="validation.message.wrong", expected="lists.cursor")
            raise Problem(422, errors=[error]) from None
        return CaseSeen(
            case_number=case.number,
            status=case.progress.status,
            channel=case.channel,
            received_at=case.received_at,
            registered_at=case.registered_at,
            anonymous=case.anonymous,
            person=Person.model_validate(rows[0]["personal"]["form"].get("person", {})) if rows else Person(),
            mark=case.mark,
            tutela=case.tutela,
            tutela_hint=None if case.tutela else _hint(rows),
            regulator=case.regulator,
            official=rows[0].get("official") if rows else None,
            messages=[_message(row) for row in rows],
            links=[_link(row, case_id) for row in links],
            next_links=following,
        )

    async def link(self, request: Request, number: str, new: NewLink, actor: Actor) -> LinkTold:
        case_id, case = await self.case(number)
        other_id, other = await self._other(new.number)
        command = LinkCases(actor, case_id, case.number, other_id, other.number, new.relation)
        return LinkTold.model_validate(dict(await ask(self.doors.commands, request, CASES, "", command)))

    async def settle(self, request: Request, number: str, link: str, settling: Settling, actor: Actor) -> LinkTold:
        case_id, _ = await self.case(number)
        owner = (await self.doors.cases.of_links([link])).get(link)
        if owner is None or case_id not in link.split("_"):
            raise Problem(404, "link-unknown")
        command = SettleLink(actor, owner, link, settling.status, settling.seen)
        return LinkTold.model_validate(dict(await ask(self.doors.commands, request, CASES, owner, command)))

    async def split(
        self, request: Request, number: str, new: NewSplit, actor: Actor, key: str | None = None
    ) -> SplitTold:
        """``key`` makes the same split again the same new case."""
        case_id, case = await self.case(number)
        rows = await self.doors.links.said(case_id, MOST_MESSAGES)
        row = next((one for one in rows if new.message in (None, one["_id"])), None)
        if row is None:
            raise _wrong("message-not-of-case", "$.message", number=case.number)
        filing = _second_matter(row, rows[0]["_id"], new, actor, key or external_id_in(request) or new_id())
        command = SplitCase(actor, case_id, row["_id"], one_line(new.reason), filing)
        return SplitTold.model_validate(dict(await ask(self.doors.commands, request, CASES, case_id, command)))

    async def download(self, number: str, sha256: str) -> StreamingResponse:
        """A file of the case, always as a download."""
        case_id, _ = await self.case(number)
        messages = [_message(row) for row in await self.doors.links.said(case_id, MOST_MESSAGES)]
        refs = [ref for one in messages for ref in (*one.files, one.full_text, one.original) if ref]
        ref = next((one for one in refs if one.sha256 == sha256), None)
        if ref is None or not await self.doors.files.exists(ref):
            raise Problem(404)
        return download(self.doors.files.open(ref), ref.name, ref.size)

    async def _other(self, number: str) -> tuple[str, Case]:
        try:
            return await self.case(number)
        except Problem as problem:
            if problem.status != 404:
                raise
            raise _wrong("other-case-unknown", "$.number") from None


def _second_matter(row: dict[str, Any], first: str, new: NewSplit, actor: Actor, key: str) -> FileSubmission:
    """Of the same person, through the same channel, received when the message was. Raises Problem."""
    message = _message(row)
    files = tuple(file for file in message.files if file.sha256 in new.files)
    if len({file.sha256 for file in files}) < len(set(new.files)):
        raise _wrong("file-not-of-message", "$.files")
    said = SubmissionForm.model_validate(row["personal"]["form"])
    text, subject = readable(new.text), one_line(new.subject)
    other = {
        "text": text,
        "subject": subject,
        "kind": None,
        "area": None,
        "answer_on_spot": None,
        "emergency": None,
        "tutela": None,
    }
    received = {"received_at": message.received_at, "late_reason": one_line(new.reason)}
    form = said.model_copy(update={**other, **received})
    submission_id, mail = uuid5_id("split", first, key), row["personal"].get("mail")
    return FileSubmission(
        submission_id=submission_id,
        channel=message.channel,
        external_id=f"split:{submission_id}",
        external_key=None,
        content_hash=form_hash(form, files),
        actor=actor,
        tracking_code=random_code(),
        form=form,
        files=files,
        mail=MailThread.model_validate(mail) if mail else None,
        case_id=uuid5_id("case", submission_id),
        via=BY_SPLIT,
    )


def _hint(rows: list[dict[str, Any]]) -> TutelaHints | None:
    """The first message that speaks of one."""
    forms = (row["personal"]["form"] for row in rows)
    hints = (tutela_hints(form.get("subject", ""), form.get("text", "")) for form in forms)
    return next((hint for hint in hints if hint), None)


def _wrong(code: str, field: str, **values: object) -> Problem:
    error = FieldError(field=field, message=f"problems.{code}.title", expected=f"problems.{code}.expected")
    return Problem(422, code, errors=[error], values=values)


def _message(row: dict[str, Any]) -> MessageShown:
    form = row["personal"]["form"]
    return MessageShown(
        submission_id=row["_id"],
        subject=form.get("subject", ""),
        text=form.get("text", ""),
        **{name: form[name] for name in ("archive_place", "social", "product_reference", "product") if name in form},
        **{name: row[name] for name in MessageShown.model_fields if name in row},
    )


def _link(row: dict[str, Any], case_id: str) -> LinkShown:
    here = row["case_id"] == case_id
    return LinkShown(
        id=row["_id"],
        number=row["other_case_number" if here else "case_number"],
        kept_here=here,
        **{name: row[name] for name in LinkShown.model_fields if name in row},
    )
