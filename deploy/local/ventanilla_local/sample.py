# SPDX-License-Identifier: Apache-2.0
"""What a sample submission is: who says what through which channel, and what the house does about it."""

from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import Field, TypeAdapter

from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.vocabulary import Channel, Kind

from .pace import ZONE

EARLIEST_DAYS, LATEST_DAYS = 8, 29
"""A form on paper of the last weeks: old enough to be seen moving, not so old that the house asks for a reason."""

SUNDAY = 6
AT = time(10, 20)


class Deliver(Frozen):
    """The responder hands over documents and an action plan."""

    do: Literal["deliver"]
    text: str


class Answer(Frozen):
    """Customer care answers the person."""

    do: Literal["answer"]
    text: str


class Upload(Frozen):
    """The answer is on the regulator's platform, under this number."""

    do: Literal["upload"]
    reference: str


class Call(Frozen):
    """Somebody asks by telephone whether the answer satisfied."""

    do: Literal["call"]
    result: Literal["contacted", "not-contacted"]
    outcome: Literal["satisfied", "not-satisfied"] | None = None
    text: str = ""


Act = Annotated[Deliver | Answer | Upload | Call, Field(discriminator="do")]


class Attachment(Frozen):
    """A PDF of one line."""

    name: str
    title: str


class Sample(Frozen):
    """One submission; `kind` is what it is, which the form says only with `states_kind`."""

    name: str
    channel: Channel
    kind: Kind
    form: SubmissionForm
    states_kind: bool = False
    by: Literal["adviser", "agent", "general-secretariat"] = "adviser"
    through: Literal["api", "mailbox"] = "api"
    received: Annotated[int, Field(ge=EARLIEST_DAYS, le=LATEST_DAYS)] | Literal["near-deadline"] | None = None
    attachment: Attachment | None = None
    acts: tuple[Act, ...] = ()

    def submitted(self, received_at: datetime | None) -> SubmissionForm:
        """The form as it goes through the door."""
        kind = self.kind if self.states_kind else None
        return self.form.model_copy(update={"kind": kind, "received_at": received_at})


def days_ago(days: int, now: datetime) -> datetime:
    """A moment of that local day; on a Sunday nobody is at the counter, so the next day."""
    day = now.astimezone(ZONE).date() - timedelta(days=days)
    if day.weekday() == SUNDAY:
        day += timedelta(days=1)
    return datetime.combine(day, AT, ZONE)


def sample_day() -> tuple[Sample, ...]:
    """The day in `sample_day.yaml`. Raises pydantic.ValidationError."""
    text = (files(__package__) / "sample_day.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Sample, ...]).validate_python(yaml.safe_load(text))
