# SPDX-License-Identifier: Apache-2.0
"""What the forms of a case's page hold: words, and files that come now or came before."""

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from chassis.web.problems import Problem
from routing.api.bodies import LONGEST_TEXT, MOST_FILES
from routing.desk import Desk
from routing.pages.typed import KEPT
from ventanilla_contracts.envelope import FileRef


def text_of(form: FormData) -> str:
    """What was written, with one kind of line break."""
    text = form.get("text")
    return text.replace("\r\n", "\n").strip()[:LONGEST_TEXT] if isinstance(text, str) else ""


async def files_in(desk: Desk, form: FormData) -> tuple[FileRef, ...]:
    """What is attached now, after what was kept when the form came back. Raises Problem 422."""
    uploads = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    kept = [_kept(one) for one in form.getlist(KEPT) if isinstance(one, str)]
    if len(uploads) + len(kept) > MOST_FILES:
        raise Problem(422, "too-many-files", values={"most": MOST_FILES})
    await desk.refuse_unknown(kept)
    return (*kept, *[await desk.keep(upload) for upload in uploads])


def _kept(text: str) -> FileRef:
    try:
        return FileRef.model_validate_json(text)
    except ValidationError:
        raise Problem(422, "unknown-file") from None
