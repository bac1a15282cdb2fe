# SPDX-License-Identifier: Apache-2.0
"""What an audit reads of the values of events: a few fields each, since it reads millions."""

from datetime import datetime

from pydantic import BaseModel


class Filed(BaseModel):
    case_number: str
    submission_id: str
    registered_at: datetime


class Appended(BaseModel):
    submission_id: str


class Outcome(BaseModel):
    channel: str
    external_id: str
    repeat: bool = False
    case_id: str | None = None


class Approved(BaseModel):
    answer_id: str
    delivery: str


class Answered(BaseModel):
    answer_id: str
    delivery: str


class Carried(BaseModel):
    """A letter, a publication or an upload; ``answer_id`` only where it carried an answer."""

    answer_id: str | None = None


class _Handed(BaseModel):
    form: object = None


class HandedOver(BaseModel):
    channel: str
    external_id: str
    personal: _Handed
