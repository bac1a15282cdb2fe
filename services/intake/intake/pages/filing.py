# SPDX-License-Identifier: Apache-2.0
"""Filing from a page: the receipt, or the same page again with what is wrong and nothing lost, typed or sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from chassis.decision import Refused
from chassis.files import LARGEST
from chassis.ids import new_id
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from intake.domain.public import form_page_refusals
from intake.domain.submission import ConsentAsked
from intake.doors import Doors, Told, problem_of
from intake.pages.gathering import Gathered, gathered
from intake.pages.posted import Posted, faults
from intake.pages.receipt import receipt_page
from intake.settings import IntakeSettings
from intake.uploaded.kept import KeptFile, KeptFiles
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.vocabulary import Channel

_LONGEST_ID = 80
_AROUND_A_FILE = 1_000
"""Bytes of a request that are none of the file's."""


@dataclass(frozen=True)
class FilingPage:
    """A page with a form that files; ``template`` gets what ``FormShown`` has, and what is extra."""

    doors: Doors
    kept: KeptFiles
    template: str
    public: bool

    def blank(
        self, request: Request, extra: Mapping[str, Any] | None = None, values: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """Its form id makes a form that is sent twice one submission; ``values`` stand in it already."""
        return self._render(request, FormShown(new_id(), values or {}), extra)

    async def file(
        self, request: Request, channel: Channel, form: Posted, actor: Actor, extra: Mapping[str, Any] | None = None
    ) -> HTMLResponse:
        """File it. Raises Problem for what the person cannot mend here."""
        form_id = form_id_of(form)
        files = await gathered(request, self.doors, self.kept, form, form_id)
        found = await self._filed(request, channel, form, actor, form_id, files)
        if isinstance(found, Told):
            return await receipt_page(request, self.doors, found, public=self.public)
        return self._render(request, FormShown(form_id, form.values, found, files.files, lost=files.lost), extra)

    async def _filed(
        self, request: Request, channel: Channel, form: Posted, actor: Actor, form_id: str, files: Gathered
    ) -> Told | dict[str, str]:
        """What became of it, or what is wrong with it."""
        try:
            said = self._with_code(request, form).form(self.doors.settings.zone)
            errors = {**(_mistakes(request, said) if self.public else {}), **files.errors}
            return errors or await self.doors.file_form(
                request,
                channel,
                said,
                actor,
                external_id=f"page:{form_id}",
                kept=files.refs,
                consent_asked=self._consent_asked(request),
            )
        except (ValidationError, Problem) as error:
            return {**told_faults(request, error), **files.errors}

    def _with_code(self, request: Request, form: Posted) -> Posted:
        """A municipality as it is typed or chosen becomes its code. Raises Problem."""
        typed = form.values.get("municipality", "").strip()
        code = self.doors.people.places.typed(typed) if typed else ""
        if code is None:
            unknown = Refused("municipality-unknown", kind="invalid", field="$.municipality", values={"code": typed})
            raise problem_of(request, unknown)
        return replace(form, values={**form.values, "municipality": code})

    def _consent_asked(self, request: Request) -> ConsentAsked:
        """The words beside the box, in the language in which they were read."""
        texts, locale, settings = door_of(request).catalogue, locale_of(request), self.doors.settings
        text = texts.t("desk.consent", locale)
        if self.public:
            about = texts.t("form.consent-text", locale, organisation=settings.org_name)
            text = f"{about} {texts.t('form.consent', locale)}"
        return ConsentAsked(settings.data_policy_version, settings.data_policy_url or None, text)

    def _render(self, request: Request, shown: "FormShown", extra: Mapping[str, Any] | None) -> HTMLResponse:
        page, settings = door_of(request).pages, self.doors.settings
        return page.render(request, self.template, status=shown.status, **shown.context(settings), **(extra or {}))


@dataclass(frozen=True)
class FormShown:
    """A form on its page: what was typed, what is wrong by field, which files are kept."""

    form_id: str
    values: Mapping[str, str]
    errors: Mapping[str, str] | None = None
    files: tuple[KeptFile, ...] = ()
    lost: bool = False

    @property
    def status(self) -> int:
        if not self.errors:
            return 200
        return 503 if "unavailable" in self.errors else 422

    def context(self, settings: IntakeSettings) -> dict[str, Any]:
        return {
            "form_id": self.form_id,
            "values": self.values,
            "errors": self.errors or {},
            "kept_files": self.files,
            "files_lost": self.lost,
            "most_files": settings.most_files,
            "largest_form": settings.http_body_limit,
            "largest_file": min(LARGEST, settings.http_body_limit - _AROUND_A_FILE),
        }


def form_id_of(form: Posted) -> str:
    return form.values.get("form_id", "")[:_LONGEST_ID] or new_id()


def told_faults(request: Request, error: ValidationError | Problem) -> dict[str, str]:
    """What is wrong, by field. Raises the Problem again where the person cannot mend it on the page."""
    if isinstance(error, Problem) and error.status == 503:
        return {"unavailable": door_of(request).catalogue.t("pages.unavailable", locale_of(request))}
    if isinstance(error, Problem) and not error.errors:
        raise error
    return faults(request, error)


def _mistakes(request: Request, said: SubmissionForm) -> dict[str, str]:
    """All at once, each beside its field; the first one about a field."""
    found: dict[str, str] = {}
    for refusal in form_page_refusals(said):
        found = {**faults(request, problem_of(request, refusal)), **found}
    return dict(reversed(found.items()))
