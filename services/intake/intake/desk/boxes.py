# SPDX-License-Identifier: Apache-2.0
"""What API and pages do with suggestion boxes (CNF-01, SQR-04)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import Request

from chassis.commands import NotAnswered
from chassis.decision import Refused
from chassis.ids import uuid5_id
from chassis.web.asking import ask
from chassis.web.door import door_of
from chassis.web.problems import Problem
from intake.consumers import BOX_OPENINGS
from intake.desk.box_store import BoxOpenings, Opening
from intake.domain.boxes import CloseOpening, KeepScans, OpenBox, RecountForms, VoidForm, form_refusal
from intake.domain.submission import BoxForm
from intake.doors import Doors, Told, problem_of
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import SubmissionForm

Act = KeepScans | VoidForm | RecountForms | CloseOpening
Files = tuple[FileRef, ...]
Numbers = Mapping[int, str]
"""Number of a form to the number of its case."""


@dataclass(frozen=True)
class Boxes:
    """Openings, and the way from a form to its case."""

    doors: Doors
    openings: BoxOpenings

    async def open(self, request: Request, command: OpenBox, sent: str) -> Opening:
        """``sent`` names what was sent: sent twice it is one opening. Raises Problem."""
        opening_id = uuid5_id("box-opening", command.actor.id, sent)
        await ask(self.doors.commands, request, BOX_OPENINGS, opening_id, command)
        return await self.find(opening_id)

    async def find(self, opening_id: str) -> Opening:
        """Raises Problem 404."""
        found = await self.openings.by_id(opening_id)
        if found is None:
            raise Problem(404, "opening-unknown")
        return found

    async def change(self, request: Request, opening: Opening, command: Act) -> Opening:
        """Give a command about an opening. Raises Problem."""
        await ask(self.doors.commands, request, BOX_OPENINGS, opening.id, command)
        return await self._closed_if_complete(opening.id, command.actor)

    async def transcribe(
        self, request: Request, opening: Opening, n: int, form: SubmissionForm, actor: Actor, files: Files
    ) -> Told:
        """File form ``n``; a form is a case once, whoever sends it again hears which. Raises Problem."""
        if n not in opening.cases and (refused := form_refusal(opening.state, n)):
            raise problem_of(request, refused)
        external_id = f"box:{opening.id}/{n}"
        filled = self._dated(request, opening, form)
        command = await self.doors.forms.submission(
            "suggestion-box", filled, actor=actor, external_id=external_id, files=files
        )
        if isinstance(command, Refused):
            raise problem_of(request, command)
        of_the_form = uuid5_id("submission", "suggestion-box", external_id)
        command = replace(command, submission_id=of_the_form, box_form=BoxForm(opening.id, n))
        told = await self.doors.file(request, command)
        await self._closed_if_complete(opening.id, actor)
        return told

    async def numbers(self, opening: Opening) -> Numbers:
        cases = await self.doors.cases.of_ids(set(opening.cases.values()))
        return {n: cases[case_id].number for n, case_id in sorted(opening.cases.items()) if case_id in cases}

    def _dated(self, request: Request, opening: Opening, form: SubmissionForm) -> SubmissionForm:
        """Received when the box was opened (design 4); in the place of the box unless the form says another."""
        update = {
            "received_at": opening.state.opened_at,
            "late_reason": form.late_reason or door_of(request).catalogue.t("boxes.late-reason"),
            "service_point": form.service_point or opening.state.place,
        }
        return form.model_copy(update=update)

    async def _closed_if_complete(self, opening_id: str, actor: Actor) -> Opening:
        """Closed once nothing is missing; if a process dies before, the desk shows that it can be closed."""
        opening = await self.find(opening_id)
        if opening.state.closed_at is not None or opening.missing or opening.uncounted:
            return opening
        command = CloseOpening(actor, frozenset(opening.cases))
        try:
            await self.doors.commands.execute(BOX_OPENINGS, opening_id, command)
        except NotAnswered:
            return opening
        return await self.find(opening_id)
