# SPDX-License-Identifier: Apache-2.0
"""Emergencies, tutelas, a regulator's own term (SQR-03, ICX-15, CNF-03), and cases found by a product (SQR-04)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from chassis.web.auth import require
from intake.api.desk import Cursor, Desk, Limit, Number, Uploader, bad_cursor
from intake.cursor import BadCursor
from intake.desk.cases import CaseDesk
from intake.desk.urgent import (
    EmergencyTold,
    NewEmergency,
    NewRegulatorDue,
    RegulatorDueTold,
    TutelaTold,
    UrgentActs,
)
from intake.domain.products import SHORTEST_KEY, product_key
from intake.doors import Doors
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Product, TutelaForm
from ventanilla_contracts.vocabulary import Channel, Kind

Marker = Annotated[Actor, Depends(require("adviser", "agent"))]
Typed = Annotated[
    str,
    Query(
        min_length=SHORTEST_KEY,
        max_length=100,
        description="A code, lot or serial number; separators and capitals do not matter",
    ),
]
Exact = Annotated[bool, Query(description="Only those that are `q` as a whole")]


class CaseOfProduct(BaseModel):
    """A case that names the piece."""

    case_number: str
    kind: Kind | None = Field(description="As it was stated")
    channel: Channel
    received_at: datetime
    subject: str
    product: Product | None
    product_reference: str | None


class CasesOfProduct(BaseModel):
    items: list[CaseOfProduct]
    next: str | None


def urgent_api(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["cases"])
    acts = UrgentActs(CaseDesk(doors))

    @router.post("/cases/{number}/emergency", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def decide_emergency(request: Request, number: Number, new: NewEmergency, actor: Marker) -> EmergencyTold:
        """Mark a case as an emergency, or take the mark away.

        An emergency goes before everything else, to the area of its matter (SQR-03). Taking a mark away needs a reason.
        """
        return await acts.mark(request, number, new, actor)

    @router.post("/cases/{number}/tutela", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def register_tutela(request: Request, number: Number, new: TutelaForm, actor: Desk) -> TutelaTold:
        """Register that a case is a tutela.

        With the court, its case number, and the judge's date and hour or the hours that it gave. That is the term from
        now on, and the legal team is told at once (ICX-15). What is registered last holds.
        """
        return await acts.tutela(request, number, new, actor)

    @router.post("/cases/{number}/regulator-due", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def tell_regulator_due(
        request: Request, number: Number, new: NewRegulatorDue, actor: Uploader
    ) -> RegulatorDueTold:
        """Say until when a regulator wants the answer.

        Where its request has a term of its own that could not be read from it (CNF-03).
        """
        return await acts.regulator_due(request, number, new, actor)

    @router.get("/products")
    async def list_cases_of_product(
        _: Desk, q: Typed, exact: Exact = False, limit: Limit = 50, cursor: Cursor = None
    ) -> CasesOfProduct:
        """Cases that name a product.

        Whose code, lot or serial number is `q`, or begins with it unless `exact`; those that came last first (SQR-04).
        """
        return await cases_of_product(doors, q, limit, cursor, exact=exact)

    return router


async def cases_of_product(
    doors: Doors, typed: str, limit: int, cursor: str | None = None, *, exact: bool = False
) -> CasesOfProduct:
    """None for what is too short to search by. Raises Problem: 422 for a cursor that is none of ours."""
    key = product_key(typed)
    if len(key) < SHORTEST_KEY:
        return CasesOfProduct(items=[], next=None)
    try:
        rows, following = await doors.cases.of_product(key, limit, cursor, exact=exact)
    except BadCursor:
        raise bad_cursor() from None
    cases = await doors.cases.of_ids({row["case_id"] for row in rows})
    items = [_item(cases[row["case_id"]].number, row) for row in rows if row["case_id"] in cases]
    return CasesOfProduct(items=items, next=following)


def _item(number: str, row: dict[str, object]) -> CaseOfProduct:
    form = row["personal"]["form"]  # type: ignore[index]
    named = {name: form.get(name) for name in ("kind", "product", "product_reference")}
    subject, where = form.get("subject", ""), {name: row[name] for name in ("channel", "received_at")}
    return CaseOfProduct.model_validate({"case_number": number, "subject": subject, **named, **where})
