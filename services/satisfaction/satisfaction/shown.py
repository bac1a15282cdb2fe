# SPDX-License-Identifier: Apache-2.0
"""What the doors of satisfaction show and take."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from chassis.web.written import TYPED
from satisfaction.domain.attempts import ATTEMPTS_WITHOUT_CONTACT, RecordAttempt
from satisfaction.domain.calling_hours import CallWarning
from satisfaction.domain.check import Attempt, Check, Outcome, Result, Status
from satisfaction.domain.draw import Sample
from ventanilla_contracts.envelope import Actor, Instant, LocalDate
from ventanilla_contracts.vocabulary import AnswerDelivery, CheckOutcome, Kind, WaiverReason


class NewAttempt(BaseModel):
    """A call that was made; `outcome` if and only if the person was contacted."""

    model_config = ConfigDict(extra="forbid")

    result: Result
    outcome: Annotated[Outcome | None, Field(validate_default=True)] = None
    summary: Annotated[str, Field(max_length=4_000, description="What was said"), TYPED] = ""
    at: Instant | None = Field(None, description="When; now if not given")

    @field_validator("outcome")
    @classmethod
    def _only_if_contacted(cls, outcome: Outcome | None, info: ValidationInfo) -> Outcome | None:
        contacted = info.data.get("result") == "contacted"
        if contacted and outcome is None:
            raise PydanticKnownError("missing")
        if not contacted and outcome is not None and "result" in info.data:
            raise PydanticKnownError("none_required")
        return outcome

    def command(self, actor: Actor) -> RecordAttempt:
        return RecordAttempt(actor, self.result, self.outcome, self.summary.strip(), self.at)


class PersonShown(BaseModel):
    name: str | None
    phone: str | None


class CheckShown(BaseModel):
    """One check. `next_attempt_on`: the first local day on which an attempt without contact would count."""

    id: str
    case_number: str
    status: Status
    kind: Kind | None
    area: str | None
    area_name: str | None
    person: PersonShown
    subject: str
    answered_at: Instant | None
    delivery: AnswerDelivery | None
    sample: str | None = Field(description="The monthly sample that it is in (CNF-11)")
    sample_month: str | None = Field(description="The month whose draw decides about it")
    waiver_reason: WaiverReason | None
    outcome: CheckOutcome | None
    attempts: tuple[Attempt, ...]
    attempts_made: int
    attempts_left: int
    next_attempt_on: LocalDate | None

    @classmethod
    def of(cls, check: Check) -> "CheckShown":
        made = len(check.attempts)
        same: dict[str, Any] = {name: getattr(check, name) for name in cls.model_fields if hasattr(check, name)}
        return cls(
            **same,
            person=PersonShown(name=check.personal.name, phone=check.personal.phone),
            subject=check.personal.subject,
            sample_month=check.month,
            waiver_reason=check.waiver,
            attempts_made=made,
            attempts_left=ATTEMPTS_WITHOUT_CONTACT - made if check.status == "pending" else 0,
        )


class CallingShown(BaseModel):
    """Whether this is a time for calls (Ley 2300 de 2023); advice, not a refusal."""

    allowed_now: bool
    warning: CallWarning | None
    text: str | None


class CheckPage(BaseModel):
    items: list[CheckShown]
    next: str | None = Field(description="Give it as `cursor` to get the next page")
    calling: CallingShown


class SampleShown(BaseModel):
    """One month's draw (CNF-11): enough of it to repeat it."""

    month: str
    name: str
    population: int
    size: int
    seed: str = Field(description="A whole number; as text because JavaScript would round it")
    confidence: float
    margin: float = Field(description="Margin of error: 0.092 is ±9.2 %")
    drawn_at: Instant
    frame: tuple[str, ...]
    chosen: tuple[str, ...]
    method: Literal["sha256-rank"] = "sha256-rank"

    @classmethod
    def of(cls, sample: Sample) -> "SampleShown":
        same: dict[str, Any] = {name: getattr(sample, name) for name in cls.model_fields if hasattr(sample, name)}
        return cls(**{**same, "seed": str(sample.seed)})


class Samples(BaseModel):
    items: list[SampleShown]
    next: None = None
