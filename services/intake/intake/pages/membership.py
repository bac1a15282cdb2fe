# SPDX-License-Identifier: Apache-2.0
"""``/membership`` and ``/desk/membership``: who wants to become a member, a field for each document (CSC-06)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from chassis.ids import new_id
from chassis.web.auth import member_of
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from intake.desk.membership_shown import file_kinds_text, kind_named
from intake.domain.membership.asking import as_form
from intake.domain.membership.file import Asked, MembershipKind
from intake.doors import Doors, Told
from intake.mail.door import CITIZEN
from intake.pages.desk import DESK_CHANNELS, Filer, chosen_channel
from intake.pages.documents import GatheredDocuments, gathered_documents
from intake.pages.filing import FilingPage, FormShown, form_id_of
from intake.pages.persons import filled_in
from intake.pages.posted import Posted, posted
from intake.pages.receipt import receipt_page
from intake.pages.router import page_router
from intake.uploaded.kept import KeptFiles
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person
from ventanilla_contracts.vocabulary import Channel, DocumentType

PUBLIC_FIELDS = frozenset({"form_id", "text", "data_consent", "municipality", *Person.model_fields})
DESK_FIELDS = PUBLIC_FIELDS | {"service_point", "archive_place", "received_at", "late_reason"}
Chosen = Annotated[str, Query(max_length=60)]


def membership_pages(doors: Doors, kept: KeptFiles) -> APIRouter:
    router = page_router()
    public = MembershipPage(doors, kept, "membership.html", public=True)
    desk = MembershipPage(doors, kept, "membership.html", public=False)

    @router.get("/membership")
    async def blank(request: Request, kind: Chosen = "") -> HTMLResponse:
        return public.begin(request, kind)

    @router.post("/membership")
    async def file(request: Request) -> HTMLResponse:
        """The receipt is the answer itself: sent again it is the same, and no address holds the code."""
        return await public.request(request, "web", CITIZEN, PUBLIC_FIELDS)

    @router.get("/desk/membership")
    async def at_desk(
        request: Request, actor: Filer, kind: Chosen = "", person: Annotated[str | None, Query(max_length=40)] = None
    ) -> HTMLResponse:
        """``person``: whose data stand in the form already."""
        known = filled_in(await doors.people.show(actor, person)) if person else {}
        values = {"service_point": member_of(request, actor).service_point or "", "channel": "in-person"}
        return desk.begin(request, kind, values | known)

    @router.post("/desk/membership")
    async def file_at_desk(request: Request, actor: Filer) -> HTMLResponse:
        channel = chosen_channel(await posted(request))
        return await desk.request(request, channel, actor, DESK_FIELDS)

    return router


@dataclass(frozen=True)
class MembershipPage(FilingPage):
    """The kinds to choose from, or the form of one; again with what is wrong, and nothing lost."""

    def begin(self, request: Request, kind: str, values: Mapping[str, str] | None = None) -> HTMLResponse:
        chosen = kind_named(self.doors.forms.memberships.kinds, kind)
        return self._render(request, FormShown(new_id(), values or {}), self._extra(request, chosen))

    async def request(self, request: Request, channel: Channel, actor: Actor, fields: frozenset[str]) -> HTMLResponse:
        """File it. Raises Problem for what the person cannot mend here."""
        form = await posted(request)
        kind = kind_named(self.doors.forms.memberships.kinds, form.values.get("kind", ""))
        if kind is None:
            raise Problem(404)
        form_id = form_id_of(form)
        codes = [one.code for one in kind.requirements if one.by == "document"]
        documents = await gathered_documents(request, self.doors, self.kept, codes, form_id)
        errors = self._unanswered(request, kind, form)
        told = await self._filed(
            request,
            channel,
            self._said(request, kind, form, documents, fields),
            actor,
            form_id,
            replace(documents.together, errors={**errors, **documents.errors}),
        )
        if isinstance(told, Told):
            return await receipt_page(request, self.doors, told, public=self.public)
        shown = FormShown(form_id, form.values, told, lost=documents.lost)
        return self._render(request, shown, self._extra(request, kind, documents))

    def _said(
        self, request: Request, kind: MembershipKind, form: Posted, documents: GatheredDocuments, fields: frozenset[str]
    ) -> Posted:
        """Who says nothing more has said it with the kind."""
        texts, locale = door_of(request).catalogue, locale_of(request)
        subject = texts.t("membership.subject", locale, kind=kind.name.read_in(locale))
        values = {"text": "", **form.of(fields).values}
        text = values["text"].strip() and values["text"]
        holds = [one.code for one in kind.questions if form.values.get(f"holds_{one.code}") == "yes"]
        said = {**values, "subject": subject, "text": text or subject, "kind": "petition"}
        return Posted(said, (), membership=as_form(kind.code, holds, documents.refs))

    def _unanswered(self, request: Request, kind: MembershipKind, form: Posted) -> dict[str, str]:
        text = door_of(request).catalogue.t("membership.unanswered", locale_of(request))
        names = (f"holds_{one.code}" for one in kind.questions)
        return {name: text for name in names if form.values.get(name) not in ("yes", "no")}

    def _extra(
        self, request: Request, kind: MembershipKind | None, documents: GatheredDocuments | None = None
    ) -> dict[str, Any]:
        return {
            "public": self.public,
            "kinds": self.doors.forms.memberships.kinds,
            "kind": kind,
            "asked": [_asked(request, kind, one) for one in kind.requirements] if kind else [],
            "kept_documents": documents.files if documents else {},
            "document_types": get_args(DocumentType),
            "places": self.doors.people.places.all,
            "channels": DESK_CHANNELS,
        }


def _asked(request: Request, kind: MembershipKind, one: Asked) -> dict[str, str]:
    """A requirement in the reader's language."""
    locale = locale_of(request)
    questions = {question.code: question.text.read_in(locale) for question in kind.questions}
    return {
        "code": one.code,
        "name": one.name.read_in(locale),
        "about": one.about.read_in(locale) if one.about else "",
        "by": one.by,
        "kinds": file_kinds_text(request, one.files),
        "only_if": questions.get(one.when or "", ""),
    }
