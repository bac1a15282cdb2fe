# SPDX-License-Identifier: Apache-2.0
"""The forms on a case's page about its answer: drafts, review, approval, documents, rejection (CNF-09, CNF-10)."""

from dataclasses import replace
from typing import Literal, get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from chassis.ids import new_id
from routing.desk import Desk
from routing.domain.answering.commands import (
    ApproveDraft,
    AskClarification,
    KeepCopy,
    Reject,
    Review,
    SaveDraft,
)
from routing.domain.case import Case
from routing.domain.commands import AskedOf, Command, RequestDocuments
from routing.pages.answering_shown import ASKED_AT_ONCE, AnsweringForm
from routing.pages.case_forms import day_of, files_in, form_of, line_of, text_of
from routing.pages.cases import back_to, show_case
from routing.pages.ombudsman import OMBUDSMAN_FORMS, decision_in
from routing.roles import Writer
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.vocabulary import RejectionReason

ACTS: dict[str, Literal["ask", "return", "pass"]] = {
    "ask-review": "ask",
    "return-draft": "return",
    "pass-draft": "pass",
}
SILENT: frozenset[AnsweringForm] = frozenset({"ask-review", "pass-draft", "approve", "keep-copy"})
"""Forms without words of their own."""


def answering_page_router(desk: Desk) -> APIRouter:
    """One address for each form; what is missing comes back on the page."""
    router = APIRouter(include_in_schema=False)

    @router.post("/cases/{number}/answering/{form_name}")
    async def send(request: Request, number: str, form_name: AnsweringForm, actor: Writer) -> Response:
        case = await desk.case(number)
        async with form_of(request, case, actor) as form:
            command = await _command_in(desk, case, form_name, form, actor)
            files = () if command else await files_in(desk, form)
        if command is None:
            return await show_case(desk, request, case, actor, wrong=form_name, files=files)
        await desk.give(request, case, command)
        return back_to(case)

    return router


async def _command_in(desk: Desk, case: Case, name: AnsweringForm, form: FormData, actor: Actor) -> Command | None:
    if name in OMBUDSMAN_FORMS:
        return OMBUDSMAN_FORMS[name](form, actor, text_of(form))
    if name == "ombudsman-decision":
        said = decision_in(form, actor, text_of(form))
        return said and replace(said, files=await files_in(desk, form))
    return await _command(desk, case, name, form, actor)


async def _command(desk: Desk, case: Case, name: AnsweringForm, form: FormData, actor: Actor) -> Command | None:
    """None where something that is needed was left out."""
    text = text_of(form)
    if not text and name not in SILENT:
        return None
    if name in ACTS:
        return Review(actor, ACTS[name], _number(form, "revision"), text)
    match name:
        case "draft":
            return await _draft(desk, case, form, actor, text)
        case "approve":
            return ApproveDraft(actor, new_id(), _number(form, "revision"))
        case "request-documents":
            return _request(form, actor, text)
        case "keep-copy":
            files = await files_in(desk, form)
            return KeepCopy(actor, line_of(form, "answer_id") or None, files) if files else None
        case "reject":
            return await _reject(desk, form, actor, text)
    return AskClarification(actor, text)


async def _draft(desk: Desk, case: Case, form: FormData, actor: Actor, text: str) -> SaveDraft:
    kept = case.draft.files if case.draft is not None and form.get("keep_files") else ()
    delivery: Literal["handed-over"] | None = "handed-over" if form.get("handed_over") else None
    files = (*kept, *(one for one in await files_in(desk, form) if one not in kept))
    return SaveDraft(actor, _number(form, "revision"), text, files, bool(form.get("partial")), delivery)


def _request(form: FormData, actor: Actor, text: str) -> RequestDocuments | None:
    """Rows without a person are left alone; one without a day is not."""
    rows = [(line_of(form, f"whom-{n}"), day_of(form, f"due-{n}")) for n in range(1, ASKED_AT_ONCE + 1)]
    asked = [AskedOf(new_id(), whom, due) for whom, due in rows if whom and due]
    if not asked or any(whom and due is None for whom, due in rows):
        return None
    first, *others = asked
    return RequestDocuments(actor, first.request_id, first.due, text, first.responder, others=tuple(others))


async def _reject(desk: Desk, form: FormData, actor: Actor, text: str) -> Reject | None:
    reason: RejectionReason | None = next((one for one in get_args(RejectionReason) if one == form.get("reason")), None)
    earlier = line_of(form, "earlier").upper() or None
    if reason is None:
        return None
    if reason == "repeated" and earlier is not None:
        await desk.refuse_unanswered(earlier)
    return Reject(actor, reason, text, earlier)


def _number(form: FormData, name: str) -> int:
    """-1 where none is written: no draft has it."""
    value = line_of(form, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else -1
