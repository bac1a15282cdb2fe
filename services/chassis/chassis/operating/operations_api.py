# SPDX-License-Identifier: Apache-2.0
"""`/v1/parked` and `/v1/acts`: what is parked, and what operators did, for programs."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.operating.dead_letters import Detail
from chassis.operating.operations import LONGEST_REASON, Operations, Operator, as_problems
from chassis.operating.parked import Filter, Outcome, OutcomeKind, Parked
from chassis.records import StoredRecord
from chassis.safe_text import text_of
from chassis.web.written import TYPED
from ventanilla_contracts.envelope import Instant

LONGEST_ID = 2000
ParkedId = Annotated[str, Path(max_length=LONGEST_ID, description="The id, as the list gives it")]
Subject = Annotated[str | None, Query(max_length=500, description="Only what is about this case or submission")]
Topic = Annotated[str | None, Query(max_length=250, description="Only events of this topic")]
Type = Annotated[str | None, Query(max_length=200, description="Only this type of event, or `timer` and its name")]
Reason = Annotated[str | None, Query(max_length=500, description="Only where the reason holds this text")]
Since = Annotated[Instant | None, Query(description="Only what was parked since then")]
Cursor = Annotated[str | None, Query(max_length=4000, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
NO_RECORD: dict[str, Any] = {"partition": None, "offset": None, "key": None, "headers": [], "value": None}


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class ActShown(Shown):
    """What an operator did."""

    at: datetime
    what: str
    actor: str = Field(description="Their id in the staff file")
    record: str = Field(description="What it was about")
    subject: str | None
    outcome: str = Field(description="`begun`: it was broken off, nothing is known to be done; ask again")
    reason: str | None


class ActsPage(Shown):
    items: list[ActShown]


class ParkedShown(Shown):
    """An event or timer that could not be applied, without its content."""

    id: str
    subject: str | None = Field(description="What it is about; none where its headers cannot be read")
    topic: str | None = Field(description="None for a timer")
    type: str | None = Field(description="The event's type, or `timer` and its name")
    seq: int | None
    reason: str = Field(description="Why it could not be applied")
    at: datetime = Field(description="When it was parked; when a timer was due")
    behind: int = Field(description="How many events of the same subject wait")


class ParkedPage(Shown):
    items: list[ParkedShown]
    next: str | None
    total: int = Field(description="How many are parked that pass the filter")


class ParkedDetail(ParkedShown):
    """Whole: it may hold personal data."""

    fault: str | None = Field(description="Why this version of the service cannot read it; null if it can")
    partition: int | None
    offset: int | None
    key: str | None
    headers: list[tuple[str, str | None]]
    value: str | None = Field(description="What is no UTF-8 as escapes")
    data: dict[str, str] = Field(description="Of a timer")
    acts: list[ActShown]


class OutcomeShown(Shown):
    """What became of one act."""

    id: str
    outcome: OutcomeKind
    why: str | None

    @classmethod
    def of(cls, one: Outcome) -> "OutcomeShown":
        return cls(id=one.id, outcome=one.kind, why=one.why)


class Outcomes(Shown):
    items: list[OutcomeShown]


class SubjectOf(BaseModel):
    model_config = ConfigDict(extra="forbid")

    subject: str = Field(min_length=1, max_length=500, description="The id of the case or submission")


class Why(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON),
        TYPED,
        Field(description="Why, for whoever asks later"),
    ]


def operations_api(operations: Operations) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["operations"])
    letters = operations.dead_letters

    @router.get("/parked")
    async def list_parked(
        _: Operator,
        subject: Subject = None,
        topic: Topic = None,
        type: Type = None,  # noqa: A002  # its name in the query
        reason_contains: Reason = None,
        since: Since = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> ParkedPage:
        """What is parked.

        Events and timers that this service could not apply, in the order in which they can be replayed. `behind` says
        how many events of the same subject wait for each.
        """
        wanted = Filter(subject, topic, type, reason_contains, since)
        with as_problems():
            page = await letters.page(wanted, limit, cursor)
        behind = await letters.records.behind(page.items)
        items = [_shown(one, behind.get(one.subject or "", 0)) for one in page.items]
        return ParkedPage(items=items, next=page.next, total=await letters.count(wanted))

    @router.post("/parked/replay")
    async def replay_subject(actor: Operator, body: SubjectOf) -> Outcomes:
        """Replay what is parked of one subject.

        Each is decided again, in order, at most fifty at a time; those that still fail stay parked.
        """
        replayed = await operations.replay_subject(body.subject, actor)
        return Outcomes(items=[OutcomeShown.of(one) for one in replayed])

    @router.post("/parked/{parked_id:path}/replay")
    async def replay_parked(actor: Operator, parked_id: ParkedId) -> OutcomeShown:
        """Replay one.

        It is decided again, once its cause is mended, and then what waited for it.
        """
        return OutcomeShown.of(await operations.replay(parked_id, actor))

    @router.post("/parked/{parked_id:path}/discard")
    async def discard_parked(actor: Operator, parked_id: ParkedId, body: Why) -> OutcomeShown:
        """Go on without one.

        It is never applied, and what waited for it is. Nothing brings it back: say why.
        """
        return OutcomeShown.of(await operations.discard(parked_id, actor, body.reason))

    _only_by_post(router)

    @router.get("/parked/{parked_id:path}")
    async def read_parked(_: Operator, parked_id: ParkedId) -> ParkedDetail:
        """One of them, whole.

        With its bytes as text, why this version cannot apply it, and what operators did about it. It may hold personal
        data.
        """
        with as_problems():
            return _whole(await letters.detail(parked_id))

    @router.get("/acts")
    async def list_acts(_: Operator, subject: Subject = None, limit: Limit = 50) -> ActsPage:
        """What operators did.

        Replays, discards and what was done about gaps, the last first.
        """
        return ActsPage(items=[_act(act) for act in await operations.acts.history(subject, limit=limit)])

    return router


def _only_by_post(router: APIRouter) -> None:
    """Ids hold slashes: without this, GET of a command would look for a record of that name."""

    @router.get("/parked/replay", include_in_schema=False)
    @router.get("/parked/{parked_id:path}/replay", include_in_schema=False)
    @router.get("/parked/{parked_id:path}/discard", include_in_schema=False)
    async def no_such_method() -> None:
        raise HTTPException(405, headers={"Allow": "POST"})


def _shown(one: Parked, behind: int) -> ParkedShown:
    return ParkedShown(**_fields(one), behind=behind)


def _fields(one: Parked) -> dict[str, Any]:
    names = ("id", "subject", "topic", "type", "seq", "reason", "at")
    return {name: getattr(one, name) for name in names}


def _whole(detail: Detail) -> ParkedDetail:
    data = detail.timer.timer.data if detail.timer else {}
    return ParkedDetail(
        **_fields(detail.parked),
        **(_content(detail.record) if detail.record else NO_RECORD),
        behind=detail.behind,
        fault=detail.fault,
        data={name: str(value) for name, value in data.items()},
        acts=[_act(act) for act in detail.acts],
    )


def _content(record: StoredRecord) -> dict[str, Any]:
    return {
        "partition": record.partition,
        "offset": record.offset,
        "key": _text(record.key),
        "headers": [(name, _text(value)) for name, value in record.headers],
        "value": _text(record.value),
    }


def _text(value: bytes | None) -> str | None:
    return None if value is None else text_of(value)


def _act(act: Any) -> ActShown:
    return ActShown(
        **{name: act[name] for name in ("at", "what", "actor", "record", "outcome", "reason")},
        subject=act.get("subject"),
    )
