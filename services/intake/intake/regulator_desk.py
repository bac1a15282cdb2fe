# SPDX-License-Identifier: Apache-2.0
"""What people of the desk see of the regulator's platform and do about it: API and pages do it in one way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from pydantic import BaseModel, Field

from chassis.web.asking import ask
from chassis.web.door import door_of, locale_of
from intake.case_desk import CaseDesk
from intake.consumers import CASES
from intake.domain.regulator.acts import DecideFavour, RetryDispatch
from intake.domain.regulator.codes import OURS
from intake.domain.regulator.file import DispatchState, Favour, Operation, Phase, RegulatorFile
from ventanilla_contracts.envelope import Actor, Frozen


class NewFavour(Frozen):
    """In whose favour the complaint was resolved."""

    favour: Favour


class DispatchSeen(BaseModel):
    """One operation that is owed to the platform, in its latest version."""

    operation: Operation
    phase: Phase
    state: DispatchState
    at: datetime
    why: list[str] = Field(description="Why it was not taken, in the words of the platform or ours")


class RegulatorSeen(BaseModel):
    """What the regulator's platform has of a case."""

    code: str | None = Field(description="The platform's name for the case, once it is there")
    from_platform: bool = Field(description="Whether the person complained there")
    favour: Favour | None
    dispatches: list[DispatchSeen]


class AttentionSeen(BaseModel):
    """A case of which the platform refused something, or whose closing waits for a decision."""

    case_number: str
    since: datetime
    platform: RegulatorSeen


class AttentionsSeen(BaseModel):
    items: list[AttentionSeen]
    next: str | None


class ActTold(BaseModel):
    case_number: str


@dataclass(frozen=True)
class RegulatorDesk:
    """Acts raise Problem: 404, 409, 422, 503."""

    desk: CaseDesk

    async def of_case(self, request: Request, number: str) -> RegulatorSeen | None:
        _, case = await self.desk.case(number)
        return seen(request, case.regulator_file)

    async def attention(self, request: Request, limit: int, cursor: str | None = None) -> AttentionsSeen:
        """Raises BadCursor."""
        found, following = await self.desk.doors.cases.regulator_attention(limit, cursor)
        items = [
            AttentionSeen(case_number=case.number, since=file.attention_since, platform=shown)
            for _, case in found
            if (file := case.regulator_file) and file.attention_since and (shown := seen(request, file))
        ]
        return AttentionsSeen(items=items, next=following)

    async def decide(self, request: Request, number: str, favour: Favour, actor: Actor) -> ActTold:
        return await self._ask(request, number, DecideFavour(actor, favour))

    async def retry(self, request: Request, number: str, actor: Actor) -> ActTold:
        return await self._ask(request, number, RetryDispatch(actor))

    async def _ask(self, request: Request, number: str, command: Any) -> ActTold:
        case_id, _ = await self.desk.case(number)
        return ActTold.model_validate(dict(await ask(self.desk.doors.commands, request, CASES, case_id, command)))


def seen(request: Request, file: RegulatorFile | None) -> RegulatorSeen | None:
    """None where nothing of the case is, or is to be, at the platform."""
    if file is None or not (file.from_platform or file.create or file.update):
        return None
    owed: list[tuple[Operation, Any]] = [("create", file.create), ("update", file.update)]
    dispatches = [
        DispatchSeen(
            operation=operation,
            phase=one.says.phase,
            state=one.state,
            at=one.at,
            why=_in_words(request, one.why),
        )
        for operation, one in owed
        if one is not None
    ]
    return RegulatorSeen(code=file.code, from_platform=file.from_platform, favour=file.favour, dispatches=dispatches)


def _in_words(request: Request, why: Sequence[str]) -> list[str]:
    """The platform's as it said them; for ours the catalogue's."""
    texts, locale = door_of(request).catalogue, locale_of(request)
    return [texts.t(f"regulator.why.{one.removeprefix(OURS)}", locale) if one.startswith(OURS) else one for one in why]
