# SPDX-License-Identifier: Apache-2.0
"""``/track``: how far a case is, for whoever has number and code, and what they add to it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial, wraps
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from chassis.ids import new_id
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from intake.desk.membership_shown import file_kinds_text
from intake.domain.texts import LONGEST as LONGEST_TEXT
from intake.messages import Messages
from intake.pages.documents import GatheredDocuments
from intake.pages.filing import FormShown, form_id_of, told_faults
from intake.pages.gathering import Gathered, gathered
from intake.pages.posted import Posted, posted
from intake.pages.router import page_router
from intake.tracking import Tracking
from intake.uploaded.kept import KeptFiles

T = TypeVar("T")
P = ParamSpec("P")

LONGEST = 60
"""Characters of what is typed; no number and no code has as many."""


def track_pages(tracking: Tracking, messages: Messages, kept: KeptFiles) -> APIRouter:
    router = page_router()
    page = TrackPage(tracking, messages, kept)

    @router.get("/track")
    async def question(request: Request, number: Annotated[str, Query(max_length=LONGEST)] = "") -> HTMLResponse:
        return ask(request, number)

    @router.post("/track")
    async def show(request: Request) -> HTMLResponse:
        return await page.show(request, await posted(request), FormShown(new_id(), {}))

    @router.get("/track/messages")
    async def start_again(request: Request) -> HTMLResponse:
        """Whoever comes back to the address of an answer."""
        return ask(request, "")

    @router.post("/track/messages")
    async def add(request: Request) -> HTMLResponse:
        """The answer is the case with the message in it: sent again it is the same, and no address holds the code."""
        return await page.add(request, await posted(request))

    return router


Answers = Callable[Concatenate[T, Request, Posted, P], Coroutine[Any, Any, HTMLResponse]]


def asked_again(method: Answers[T, P]) -> Answers[T, P]:
    """Whoever gives a wrong number or code, or too many, is asked for them again."""

    @wraps(method)
    async def answer(self: T, request: Request, form: Posted, /, *args: P.args, **kwargs: P.kwargs) -> HTMLResponse:
        try:
            return await method(self, request, form, *args, **kwargs)
        except Problem as problem:
            if problem.status not in {404, 429}:
                raise
            return ask(request, key_of(form)[0], problem)

    return answer


def ask(request: Request, number: str, problem: Problem | None = None) -> HTMLResponse:
    error = f"problems.{problem.code}" if problem else None
    status = problem.status if problem else 200
    page = door_of(request).pages
    return page.render(request, "track.html", status=status, number=number, error=error, case=None)


@dataclass(frozen=True)
class TrackPage:
    """The question, or the case with a form for more."""

    tracking: Tracking
    messages: Messages
    kept: KeptFiles

    @asked_again
    async def show(
        self,
        request: Request,
        form: Posted,
        shown: FormShown,
        *,
        added: bool = False,
        documents: GatheredDocuments | None = None,
        documents_form_id: str = "",
    ) -> HTMLResponse:
        """``documents`` and their form: those of a membership request that are to be sent again."""
        number, code = key_of(form)
        case = await self.tracking.show(request, number, code)
        settings = self.messages.doors.settings
        told = {
            "case": case,
            "code": code,
            "added": added,
            "error": None,
            "kept_documents": documents.files if documents else {},
            "documents_form_id": documents_form_id or new_id(),
            "file_kinds": partial(file_kinds_text, request),
            **shown.context(settings),
        }
        return door_of(request).pages.render(request, "track.html", status=shown.status, **told)

    @asked_again
    async def add(self, request: Request, form: Posted) -> HTMLResponse:
        form_id = form_id_of(form)
        files = await gathered(request, self.messages.doors, self.kept, form, form_id)
        errors = await self._added(request, form, form_id, files)
        if errors:
            shown = FormShown(form_id, {"text": form.values.get("text", "")}, errors, files.files, lost=files.lost)
            return await self.show(request, form, shown)
        return await self.show(request, form, FormShown(new_id(), {}), added=True)

    async def _added(self, request: Request, form: Posted, form_id: str, files: Gathered) -> dict[str, str]:
        """Nothing, or what is wrong. Raises Problem for what is not mended here."""
        text = form.values.get("text", "").replace("\r\n", "\n")
        if len(text) > LONGEST_TEXT:
            return {"text": door_of(request).catalogue.t("citizen.add.too-long", locale_of(request))}
        if files.errors or not (text.strip() or files.files):
            return dict(files.errors) or {"text": door_of(request).catalogue.t("citizen.add.empty", locale_of(request))}
        try:
            await self.messages.add(request, *key_of(form), text, kept=files.refs, form_id=form_id)
        except (ValidationError, Problem) as error:
            if isinstance(error, Problem) and error.code in {"case-ended", "too-many-messages"}:
                texts, locale = door_of(request).catalogue, locale_of(request)
                return {"text": texts.t(f"problems.{error.code}.detail", locale, **error.values)}
            return told_faults(request, error)
        return {}


def key_of(form: Posted) -> tuple[str, str]:
    return form.values.get("number", "")[:LONGEST], form.values.get("code", "")[:LONGEST]
