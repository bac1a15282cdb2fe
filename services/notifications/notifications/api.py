# SPDX-License-Identifier: Apache-2.0
"""The API of notifications: what left the house, what did not, and what a person decides about it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request

from chassis.commands import Commands
from chassis.mongo import Unavailable
from chassis.subjects import Aggregate
from chassis.web.asking import TAKES_IDEMPOTENCY_KEY, ask, unavailable
from chassis.web.auth import require
from chassis.web.problems import FieldError, Problem
from notifications.domain.letters import Letter, LetterState
from notifications.domain.outcomes import ConfirmLetter, ResendLetter
from notifications.mail import Composer
from notifications.shown import DeliveryDetail, DeliveryPage, DeliveryShown, DeliveryState
from notifications.store import BadCursor, Letters, Wanted
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.vocabulary import LetterKind

MANY_AT_MOST = 200

Reader = Annotated[Actor, Depends(require("agent", "manager", "adviser", "operator"))]
Decider = Annotated[Actor, Depends(require("agent", "manager"))]
DeliveryId = Annotated[str, Path(max_length=100, description="The id of the letter, as events name it")]
Action = Literal["resend", "confirm"]


@dataclass(frozen=True)
class Outbox:
    """What the doors of notifications work with."""

    letters: Letters
    commands: Commands
    cases: Aggregate
    composer: Composer

    async def page(self, wanted: Wanted) -> tuple[list[Letter], str | None]:
        """Raises Problem: 422 for a cursor that is none of ours, 503."""
        try:
            return await self.letters.page(wanted)
        except BadCursor:
            told = "problems.cursor-unknown"
            error = FieldError(field="query.cursor", message=f"{told}.title", expected=f"{told}.expected")
            raise Problem(422, "cursor-unknown", errors=[error]) from None
        except Unavailable:
            raise unavailable() from None

    async def letter(self, letter_id: str) -> Letter:
        """Raises Problem: 404, 503."""
        try:
            letter = await self.letters.one(letter_id)
        except Unavailable:
            raise unavailable() from None
        if letter is None:
            raise Problem(404, "letter-not-found")
        return letter

    async def decide(self, request: Request, letter_id: str, action: Action, actor: Actor) -> DeliveryState:
        """Send it again, or note that it arrived. Raises Problem: 404, 409, 503."""
        letter = await self.letter(letter_id)
        command = ResendLetter(letter, actor) if action == "resend" else ConfirmLetter(letter, actor)
        result = await ask(self.commands, request, self.cases, letter.case_id, command)
        return DeliveryState.model_validate(result)


def api(outbox: Outbox) -> APIRouter:
    router = APIRouter(prefix="/v1/deliveries", tags=["deliveries"])

    @router.get("")
    async def list_deliveries(
        _: Reader,
        case_number: Annotated[str | None, Query(max_length=40, description="Only those of this case")] = None,
        state: Annotated[
            list[LetterState] | None, Query(max_length=20, description="Only those in one of these states")
        ] = None,
        kind: Annotated[LetterKind | None, Query(description="Only those of this kind")] = None,
        cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
        limit: Annotated[int, Query(ge=1, le=MANY_AT_MOST, description="How many at most")] = 50,
    ) -> DeliveryPage:
        """Letters.

        What left the house by mail, what will and what did not, the newest first.
        """
        letters, following = await outbox.page(Wanted(case_number, tuple(state or ()), kind, cursor, limit))
        return DeliveryPage(items=[DeliveryShown.of(letter) for letter in letters], next=following)

    @router.get("/{delivery_id}")
    async def read_delivery(_: Reader, delivery_id: DeliveryId) -> DeliveryDetail:
        """One letter.

        With its words as they go out, and its files.
        """
        letter = await outbox.letter(delivery_id)
        return DeliveryDetail.with_words(letter, outbox.composer.preview(letter))

    @router.post("/{delivery_id}/resend", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def resend_delivery(request: Request, actor: Decider, delivery_id: DeliveryId) -> DeliveryState:
        """Send a letter again.

        To whom does not have it; only what failed, bounced, is in doubt or expired.
        """
        return await outbox.decide(request, delivery_id, "resend", actor)

    @router.post("/{delivery_id}/confirm", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def confirm_delivery(request: Request, actor: Decider, delivery_id: DeliveryId) -> DeliveryState:
        """Note that a letter did arrive.

        As a person found out; only what failed, bounced, is in doubt or expired.
        """
        return await outbox.decide(request, delivery_id, "confirm", actor)

    return router
