# SPDX-License-Identifier: Apache-2.0
"""Filing from a page: the receipt, or the same page again with what is wrong and nothing typed lost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from chassis.decision import Refused
from chassis.files import FileTooLarge
from chassis.ids import new_id
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from intake.domain.certificate import VERBAL
from intake.domain.public import form_page_refusals
from intake.doors import Doors, problem_of
from intake.pages.posted import Posted, faults
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.vocabulary import Channel

_LONGEST_ID = 80


@dataclass(frozen=True)
class FilingPage:
    """A page with a form that files; ``template`` gets ``values``, ``errors``, ``form_id`` and what is extra."""

    doors: Doors
    template: str
    public: bool

    def blank(
        self, request: Request, extra: Mapping[str, Any] | None = None, values: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """Its form id makes a form that is sent twice one submission; ``values`` stand in it already."""
        return self._render(request, values or {}, {}, new_id(), extra or {})

    async def file(
        self, request: Request, channel: Channel, form: Posted, actor: Actor, extra: Mapping[str, Any] | None = None
    ) -> HTMLResponse:
        """File it. Raises Problem for what the person cannot mend here."""
        form_id = form.values.get("form_id", "")[:_LONGEST_ID] or new_id()
        try:
            said = self._with_code(request, form).form(self.doors.settings.zone)
            if self.public and (errors := _mistakes(request, said)):
                return self._render(request, form.values, errors, form_id, extra or {}, 422, lost=bool(form.uploads))
            told = await self.doors.file_form(
                request, channel, said, actor, external_id=f"page:{form_id}", uploads=form.uploads
            )
        except (ValidationError, Problem, FileTooLarge) as error:
            errors = self._told(request, error)
            status = 503 if "unavailable" in errors else 422
            return self._render(request, form.values, errors, form_id, extra or {}, status, lost=bool(form.uploads))
        verbal = not self.public and channel in VERBAL
        context: dict[str, Any] = {"told": told, "form": said, "public": self.public, "verbal": verbal}
        return door_of(request).pages.render(request, "receipt.html", **context)

    def _with_code(self, request: Request, form: Posted) -> Posted:
        """A municipality as it is typed or chosen becomes its code. Raises Problem."""
        typed = form.values.get("municipality", "").strip()
        code = self.doors.people.places.typed(typed) if typed else ""
        if code is None:
            unknown = Refused("municipality-unknown", kind="invalid", field="$.municipality", values={"code": typed})
            raise problem_of(request, unknown)
        return replace(form, values={**form.values, "municipality": code})

    def _told(self, request: Request, error: ValidationError | Problem | FileTooLarge) -> dict[str, str]:
        texts, locale = door_of(request).catalogue, locale_of(request)
        if isinstance(error, FileTooLarge):
            return {"files": texts.t("problems.file-too-large.detail", locale, megabytes=error.largest // 1_000_000)}
        if isinstance(error, Problem) and error.status == 503:
            return {"unavailable": texts.t("pages.unavailable", locale)}
        if isinstance(error, Problem) and not error.errors:
            raise error
        return faults(request, error)

    def _render(
        self,
        request: Request,
        values: Mapping[str, str],
        errors: Mapping[str, str],
        form_id: str,
        extra: Mapping[str, Any],
        status: int = 200,
        *,
        lost: bool = False,
    ) -> HTMLResponse:
        most = self.doors.settings.most_files
        shown: dict[str, Any] = {
            "values": values,
            "errors": errors,
            "form_id": form_id,
            "files_lost": lost,
            "most_files": most,
        }
        return door_of(request).pages.render(request, self.template, status=status, **shown, **extra)


def _mistakes(request: Request, said: SubmissionForm) -> dict[str, str]:
    """All at once, each beside its field; the first one about a field."""
    found: dict[str, str] = {}
    for refusal in form_page_refusals(said):
        found = {**faults(request, problem_of(request, refusal)), **found}
    return dict(reversed(found.items()))
