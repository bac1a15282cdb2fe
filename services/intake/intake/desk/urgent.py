# SPDX-License-Identifier: Apache-2.0
"""What cannot wait about a case: emergencies, tutelas, a regulator's own term; API and pages do it in one way."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, Field

from chassis.web.asking import ask
from intake.consumers import CASES
from intake.desk.cases import CaseDesk
from intake.domain.emergency_marks import LONGEST_REASON, DecideEmergency
from intake.domain.ordered_terms import RegisterTutela, TellRegulatorDue
from ventanilla_contracts.envelope import Actor, Frozen, Instant, LocalDate
from ventanilla_contracts.intake import TutelaForm
from ventanilla_contracts.vocabulary import EmergencyMatter


class NewEmergency(Frozen):
    """What is in danger, or that nothing is."""

    matter: Annotated[EmergencyMatter | None, Field(description="null takes the mark away")]
    reason: Annotated[str, Field(max_length=LONGEST_REASON, description="needed to take the mark away")] = ""


class EmergencyTold(BaseModel):
    case_number: str
    emergency: EmergencyMatter | None


class TutelaTold(BaseModel):
    case_number: str
    answer_by: Instant = Field(description="The judge's date and hour, or the receipt and the hours")


class NewRegulatorDue(Frozen):
    """Until when the regulator wants the answer."""

    due: Annotated[LocalDate, Field(description="The last day")]


class RegulatorDueTold(BaseModel):
    case_number: str
    due: LocalDate


@dataclass(frozen=True)
class UrgentActs:
    """Every method raises Problem: 404, 409, 422, 503."""

    desk: CaseDesk

    async def mark(self, request: Request, number: str, new: NewEmergency, actor: Actor) -> EmergencyTold:
        command = DecideEmergency(actor, new.matter, new.reason)
        return EmergencyTold.model_validate(await self._ask(request, number, command))

    async def tutela(self, request: Request, number: str, new: TutelaForm, actor: Actor) -> TutelaTold:
        return TutelaTold.model_validate(await self._ask(request, number, RegisterTutela(actor, new)))

    async def regulator_due(
        self, request: Request, number: str, new: NewRegulatorDue, actor: Actor
    ) -> RegulatorDueTold:
        return RegulatorDueTold.model_validate(await self._ask(request, number, TellRegulatorDue(actor, new.due)))

    async def _ask(self, request: Request, number: str, command: object) -> dict[str, object]:
        case_id, _ = await self.desk.case(number)
        return dict(await ask(self.desk.doors.commands, request, CASES, case_id, command))
