# SPDX-License-Identifier: Apache-2.0
"""A case as intake has it, its links, a message with two matters, and letters that many persons send."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from chassis.web.auth import require
from intake.api.desk import Cursor, Desk, Limit, Number, bad_cursor
from intake.cursor import BadCursor
from intake.desk.asked import NewLink, NewSplit, Settling
from intake.desk.cases import CaseDesk
from intake.desk.regulator import RegulatorDesk, RegulatorSeen
from intake.desk.shown import CaseSeen, LinkTold, SplitTold
from intake.doors import Doors
from ventanilla_contracts.envelope import Actor

Agent = Annotated[Actor, Depends(require("agent"))]
LinkId = Annotated[str, Path(max_length=100, description="The link's id, as the case shows it")]
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="The file's hash, as the case names it")]


class CaseRead(CaseSeen):
    platform: RegulatorSeen | None = Field(description="Null where nothing of it is, or is to be, at the platform")


class MassLetter(BaseModel):
    """One letter that many persons sent; each is a case of its own."""

    letter: str = Field(description="What it is known by: a hash of its words")
    count: int = Field(description="How many cases began with it")
    first_case_number: str
    first_at: datetime
    last_at: datetime
    subject: str = Field(description="Of the one that came last")
    start: str = Field(description="How that one begins")


class MassLetters(BaseModel):
    items: list[MassLetter]
    next: str | None


def cases_api(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["cases"])
    desk = CaseDesk(doors)

    @router.get("/cases/{number}")
    async def read_case(
        request: Request, number: Number, _: Desk, limit: Limit = 50, cursor: Cursor = None
    ) -> CaseRead:
        """One case.

        What was said, through which channels, with which files, what the regulator's platform has of it, and its
        links: those kept at it and those kept at others, a page at a time.
        """
        found = await desk.show(number, limit, cursor)
        platform = await RegulatorDesk(desk).of_case(request, number)
        return CaseRead(**found.model_dump(), platform=platform)

    @router.get(
        "/cases/{number}/files/{sha256}",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def download_file(number: Number, sha256: Sha256, _: Desk) -> StreamingResponse:
        """A file of the case.

        What came with it, or the mail as it came; always as a download.
        """
        return await desk.download(number, sha256)

    @router.post("/cases/{number}/links", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def link_cases(request: Request, number: Number, new: NewLink, actor: Agent) -> LinkTold:
        """Link the case with another one.

        Both show it at once. A pair of cases has one link: if it has one already, what you say now holds.
        """
        return await desk.link(request, number, new, actor)

    @router.post("/cases/{number}/links/{link}", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def settle_link(request: Request, number: Number, link: LinkId, settling: Settling, actor: Agent) -> LinkTold:
        """Confirm or dismiss a link.

        Of two agents who decide differently the second hears that it has changed meanwhile.
        """
        return await desk.settle(request, number, link, settling, actor)

    @router.post("/cases/{number}/split", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def split_case(request: Request, number: Number, new: NewSplit, actor: Agent) -> SplitTold:
        """Make a case of its own of a message's second matter.

        Of the same person, through the same channel and received when the message was; with a number of its own and
        linked with the first, which stays as it is.
        """
        return await desk.split(request, number, new, actor)

    @router.get("/letters")
    async def list_mass_letters(_: Desk, limit: Limit = 50, cursor: Cursor = None) -> MassLetters:
        """Letters that many persons sent.

        Those that came last first.
        """
        return await mass_letters(doors, limit, cursor)

    return router


async def mass_letters(doors: Doors, limit: int, cursor: str | None = None) -> MassLetters:
    """Raises Problem: 422 for a cursor that is none of ours."""
    try:
        rows, following = await doors.links.letters(limit, cursor)
    except BadCursor:
        raise bad_cursor() from None
    names = ("count", "first_case_number", "first_at", "last_at")
    items = [MassLetter(letter=row["_id"], **row["personal"], **{name: row[name] for name in names}) for row in rows]
    return MassLetters(items=items, next=following)
