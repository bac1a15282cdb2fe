# SPDX-License-Identifier: Apache-2.0
"""Documents of a membership request, sent field by field on the tracking page (CSC-06)."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from chassis.ids import new_id
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from intake.domain.membership.asking import documents_of
from intake.messages import Messages
from intake.pages.documents import GatheredDocuments, gathered_documents
from intake.pages.filing import FormShown, form_id_of, told_faults
from intake.pages.posted import Posted, posted
from intake.pages.router import page_router
from intake.pages.track import TrackPage, ask, asked_again, key_of
from intake.tracking import Tracking
from intake.uploaded.kept import KeptFiles

_SAID_HERE = frozenset({"case-ended", "too-many-messages", "membership-document-unknown"})
"""What is wrong with no field, said above them all; the page that follows shows what the request awaits now."""


def track_document_pages(tracking: Tracking, messages: Messages, kept: KeptFiles) -> APIRouter:
    router = page_router()
    page = TrackDocuments(TrackPage(tracking, messages, kept))

    @router.get("/track/documents")
    async def question(request: Request) -> HTMLResponse:
        """Whoever comes back to the address of an answer."""
        return ask(request, "")

    @router.post("/track/documents")
    async def documents(request: Request) -> HTMLResponse:
        """The answer is the case with the documents in it."""
        return await page.add(request, await posted(request))

    return router


@dataclass(frozen=True)
class TrackDocuments:
    """The case again, with the documents in it, or with what is wrong and what was sent kept."""

    page: TrackPage

    @asked_again
    async def add(self, request: Request, form: Posted) -> HTMLResponse:
        """The same form sent again changes nothing."""
        _, case = await self.page.tracking.opened(request, *key_of(form))
        form_id = form_id_of(form)
        codes = [one.code for one in case.membership.awaited] if case.membership else []
        doors, kept = self.page.messages.doors, self.page.kept
        documents = await gathered_documents(request, doors, kept, codes, form_id)
        errors = await self._added(request, form, form_id, documents)
        if not errors:
            return await self.page.show(request, form, FormShown(new_id(), {}), added=True)
        shown = FormShown(new_id(), {}, errors, lost=documents.lost)
        return await self.page.show(request, form, shown, documents=documents, documents_form_id=form_id)

    async def _added(
        self, request: Request, form: Posted, form_id: str, documents: GatheredDocuments
    ) -> dict[str, str]:
        """Nothing, or what is wrong. Raises Problem for what is not mended here."""
        texts, locale = door_of(request).catalogue, locale_of(request)
        if documents.errors or not documents.files:
            return dict(documents.errors) or {"documents": texts.t("membership.nothing-sent", locale)}
        refs, said = documents.together.refs, documents_of(documents.refs)
        try:
            await self.page.messages.add(request, *key_of(form), "", kept=refs, form_id=form_id, documents=said)
        except (ValidationError, Problem) as error:
            if isinstance(error, Problem) and error.code in _SAID_HERE:
                return {"documents": texts.t(f"problems.{error.code}.detail", locale, **error.values)}
            told = told_faults(request, error)
            return {"documents" if name == "files" else name: text for name, text in told.items()}
        return {}
