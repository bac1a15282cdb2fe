# SPDX-License-Identifier: Apache-2.0
"""What an agent may ask of a case in intake."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chassis.ids import random_code, uuid5_id
from chassis.web.problems import FieldError, Problem
from intake.desk.shown import message_shown
from intake.domain.splitting import BY_SPLIT
from intake.domain.submission import FileSubmission, form_hash
from intake.domain.texts import one_line, readable
from ventanilla_contracts.envelope import Actor, Frozen, ShortText
from ventanilla_contracts.intake import MailThread, SubmissionForm
from ventanilla_contracts.vocabulary import LinkStatus

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


def second_matter(row: dict[str, Any], first: str, new: NewSplit, actor: Actor, key: str) -> FileSubmission:
    """Of the same person, through the same channel, received when the message was. Raises Problem."""
    message = message_shown(row)
    files = tuple(file for file in message.files if file.sha256 in new.files)
    if len({file.sha256 for file in files}) < len(set(new.files)):
        raise wrong("file-not-of-message", "$.files")
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
        "membership": None,
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


def wrong(code: str, field: str, **values: object) -> Problem:
    error = FieldError(field=field, message=f"problems.{code}.title", expected=f"problems.{code}.expected")
    return Problem(422, code, errors=[error], values=values)
