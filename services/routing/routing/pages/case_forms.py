# SPDX-License-Identifier: Apache-2.0
"""What the forms of a case's page hold: words, and files that come now or came before."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from chassis.files import FileTooLarge
from chassis.web.problems import Problem
from routing.api.bodies import LONGEST_TEXT, MOST_FILES
from routing.desk import Desk
from routing.domain.case import Case
from routing.pages.typed import KEPT
from ventanilla_contracts.envelope import Actor, FileRef

LONGEST_LINE = 100


class FilesRefused(Problem):
    """What is wrong with the files of a form; ``kept`` are those that nothing is wrong with."""

    def __init__(self, code: str, kept: Sequence[FileRef], status: int = 422, **values: object) -> None:
        super().__init__(status, code, values=values)
        self.kept = tuple(kept)


class FormRefused(Problem):
    """What a form of a case's page says cannot be asked for at all."""

    def __init__(self, problem: Problem, case: Case, actor: Actor) -> None:
        super().__init__(problem.status, problem.code, errors=problem.errors, values=problem.values)
        self.case = case
        self.actor = actor
        self.kept = problem.kept if isinstance(problem, FilesRefused) else ()


@asynccontextmanager
async def form_of(request: Request, case: Case, actor: Actor) -> AsyncIterator[FormData]:
    """The form that was sent. Raises FormRefused for a Problem with what it says, found while it is read."""
    async with request.form() as form:
        try:
            yield form
        except Problem as problem:
            raise FormRefused(problem, case, actor) from None


def text_of(form: FormData) -> str:
    """What was written, with one kind of line break."""
    text = form.get("text")
    return text.replace("\r\n", "\n").strip()[:LONGEST_TEXT] if isinstance(text, str) else ""


def line_of(form: FormData, name: str, longest: int = LONGEST_LINE) -> str:
    """One line, at most as long as a reference or a number is if nothing else is said; empty where there is none."""
    value = form.get(name)
    return " ".join(value.split())[:longest] if isinstance(value, str) else ""


def day_of(form: FormData, name: str) -> date | None:
    try:
        return date.fromisoformat(line_of(form, name))
    except ValueError:
        return None


async def files_in(desk: Desk, form: FormData) -> tuple[FileRef, ...]:
    """What is attached now, after what was kept when the form came back. Raises FilesRefused."""
    uploads = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    named = [one for one in form.getlist(KEPT) if isinstance(one, str)]
    there = [ref for ref in map(ref_of, named[:MOST_FILES]) if ref is not None and await desk.files.exists(ref)]
    if len(uploads) + len(named) > MOST_FILES:
        raise FilesRefused("too-many-files", there, most=MOST_FILES)
    kept, too_large = list(there), None
    for upload in uploads:
        try:
            kept.append(await desk.keep(upload))
        except FileTooLarge as error:
            too_large = error
    if too_large is not None:
        raise FilesRefused("file-too-large", kept, 413, megabytes=too_large.largest // 1_000_000)
    if len(there) < len(named):
        raise FilesRefused("file-gone", kept)
    return tuple(kept)


def ref_of(text: str) -> FileRef | None:
    """What a form says of a file that was kept; None where that is none."""
    try:
        return FileRef.model_validate_json(text)
    except ValidationError:
        return None
