# SPDX-License-Identifier: Apache-2.0
"""What people of the desk see of the regulator's platform and do about it: API and pages do it in one way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Request
from pydantic import BaseModel, Field

from chassis.web.asking import ask
from chassis.web.door import door_of, locale_of
from intake.consumers import CASES
from intake.desk.asked import wrong
from intake.desk.cases import MOST_MESSAGES, CaseDesk
from intake.desk.shown import message_shown
from intake.domain.case import Case
from intake.domain.regulator.acts import DecideFavour, RetryDispatch
from intake.domain.regulator.codes import OURS
from intake.domain.regulator.file import DispatchState, Fraud, FraudKind, Operation, Pesos, Phase
from intake.domain.regulator.told import is_duplicate
from ventanilla_contracts.envelope import Actor, FileRef, Frozen
from ventanilla_contracts.vocabulary import Favour


class NewFraud(Frozen):
    """That it was a fraud, as it was found out."""

    kind: FraudKind
    modality: Annotated[int, Field(ge=1, le=9999, description="`modalidad_fraude` of the platform's catalogue")]
    claimed: Pesos
    recognised: Pesos
    inquiry: Annotated[
        str, Field(pattern=r"^[0-9a-f]{64}$", description="The hash of the file of the case that tells of it")
    ]


class NewFavour(Frozen):
    """In whose favour the complaint was resolved."""

    favour: Favour
    fraud: NewFraud | None = Field(None, description="If it was one; null takes back what was said of it")


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
    fraud: Fraud | None
    duplicate: bool = Field(description="Whether its closing says that another case is the same")
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
        return seen(request, case)

    async def attention(self, request: Request, limit: int, cursor: str | None = None) -> AttentionsSeen:
        """Raises BadCursor."""
        found, following = await self.desk.doors.cases.regulator_attention(limit, cursor)
        items = [
            AttentionSeen(case_number=case.number, since=file.attention_since, platform=shown)
            for _, case in found
            if (file := case.regulator_file) and file.attention_since and (shown := seen(request, case))
        ]
        return AttentionsSeen(items=items, next=following)

    async def decide(
        self, request: Request, number: str, new: NewFavour, actor: Actor, inquiry: FileRef | None = None
    ) -> ActTold:
        """``inquiry``: the file of a fraud, where it is new to the case."""
        fraud = await self._fraud(number, new.fraud, inquiry) if new.fraud else None
        return await self._ask(request, number, DecideFavour(actor, new.favour, fraud))

    async def files_of(self, number: str) -> Sequence[FileRef]:
        """Which files of the case may be the inquiry of a fraud: what came with it, and what its answer has."""
        case_id, case = await self.desk.case(number)
        file = case.regulator_file
        answer = file.answer.files if file and file.answer else ()
        said = await self.desk.doors.links.said(case_id, MOST_MESSAGES)
        before = (file.fraud.inquiry,) if file and file.fraud else ()
        refs = (*(ref for row in said for ref in message_shown(row).files), *answer, *before)
        return list({ref.sha256: ref for ref in refs}.values())

    async def _fraud(self, number: str, new: NewFraud, inquiry: FileRef | None) -> Fraud:
        refs = [inquiry] if inquiry else await self.files_of(number)
        ref = next((one for one in refs if one.sha256 == new.inquiry), None)
        if ref is None:
            raise wrong("inquiry-not-of-case", "$.fraud.inquiry", number=number)
        return Fraud(kind=new.kind, modality=new.modality, claimed=new.claimed, recognised=new.recognised, inquiry=ref)

    async def retry(self, request: Request, number: str, actor: Actor) -> ActTold:
        return await self._ask(request, number, RetryDispatch(actor))

    async def _ask(self, request: Request, number: str, command: Any) -> ActTold:
        case_id, _ = await self.desk.case(number)
        return ActTold.model_validate(dict(await ask(self.desk.doors.commands, request, CASES, case_id, command)))


def seen(request: Request, case: Case) -> RegulatorSeen | None:
    """None where nothing of the case is, or is to be, at the platform."""
    file = case.regulator_file
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
    return RegulatorSeen(
        code=file.code,
        from_platform=file.from_platform,
        favour=file.favour,
        fraud=file.fraud,
        duplicate=is_duplicate(case),
        dispatches=dispatches,
    )


def _in_words(request: Request, why: Sequence[str]) -> list[str]:
    """The platform's as it said them; for ours the catalogue's."""
    texts, locale = door_of(request).catalogue, locale_of(request)
    return [texts.t(f"regulator.why.{one.removeprefix(OURS)}", locale) if one.startswith(OURS) else one for one in why]
