# SPDX-License-Identifier: Apache-2.0
"""The outbox desk: what waits, what needs a person, and how each message looks."""

from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from chassis.mongo import Unavailable
from chassis.web.asking import unavailable
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from notifications.api import Action, Decider, DeliveryId, Outbox, Reader
from notifications.domain.letters import FOR_A_PERSON, OPEN, LetterState
from notifications.samples import sample
from notifications.store import Wanted
from notifications.wording import Wording
from ventanilla_contracts.vocabulary import LetterKind

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
"""For the HTML of a message inside our page: its inline styles, and nothing else."""

_RECENT = 30
_FRAMED = {"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}
_FRAMING = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'"
_WITH_FRAME = {"Content-Security-Policy": f"{_FRAMING}; frame-ancestors 'none'; base-uri 'none'"}


def pages(outbox: Outbox, wordings: dict[str, Wording]) -> APIRouter:
    """``wordings`` by locale, for the templates."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def desk(
        request: Request,
        actor: Reader,
        state: Annotated[LetterState | Literal[""], Query()] = "",
        case: Annotated[str, Query(max_length=40)] = "",
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        done: Annotated[Action | None, Query()] = None,
    ) -> HTMLResponse:
        doubtful, _ = await outbox.page(Wanted(states=tuple(sorted(FOR_A_PERSON)), limit=100))
        states = (state,) if state else ()
        recent, following = await outbox.page(Wanted(case.strip() or None, states, cursor=cursor, limit=_RECENT))
        return door_of(request).pages.render(
            request,
            "outbox.html",
            doubtful=doubtful,
            recent=recent,
            following=following,
            waiting=await _waiting(outbox),
            states=get_args(LetterState),
            state=state,
            case=case,
            done=done,
            may_decide=actor.role in ("agent", "manager"),
        )

    @router.get("/deliveries/{delivery_id}")
    async def letter(request: Request, actor: Reader, delivery_id: DeliveryId) -> HTMLResponse:
        found = await outbox.letter(delivery_id)
        return door_of(request).pages.render(
            request,
            "letter.html",
            headers=_WITH_FRAME,
            letter=found,
            words=outbox.composer.preview(found),
            framed=f"/deliveries/{found.id}/page",
            may_decide=actor.role in ("agent", "manager") and found.state in FOR_A_PERSON,
        )

    @router.get("/deliveries/{delivery_id}/page")
    async def letter_page(_: Reader, delivery_id: DeliveryId) -> HTMLResponse:
        words = outbox.composer.preview(await outbox.letter(delivery_id))
        return HTMLResponse(words.html, headers=_FRAMED)

    @router.post("/deliveries/{delivery_id}/{action}")
    async def decide(request: Request, actor: Decider, delivery_id: DeliveryId, action: Action) -> RedirectResponse:
        await outbox.decide(request, delivery_id, action, actor)
        return RedirectResponse(f"/?done={action}", status_code=303)

    @router.get("/templates")
    async def templates(request: Request, _: Reader) -> HTMLResponse:
        return door_of(request).pages.render(request, "templates.html", kinds=get_args(LetterKind))

    @router.get("/templates/{kind}")
    async def template(request: Request, _: Reader, kind: str) -> HTMLResponse:
        example = sample(_kind(kind))
        return door_of(request).pages.render(
            request,
            "letter.html",
            headers=_WITH_FRAME,
            letter=example,
            words=wordings[locale_of(request)].words(example, example.files),
            framed=f"/templates/{kind}/page",
            may_decide=False,
        )

    @router.get("/templates/{kind}/page")
    async def template_page(request: Request, _: Reader, kind: str) -> HTMLResponse:
        example = sample(_kind(kind))
        return HTMLResponse(wordings[locale_of(request)].words(example, example.files).html, headers=_FRAMED)

    return router


async def _waiting(outbox: Outbox) -> int:
    try:
        counts = await outbox.letters.counts(tuple(OPEN))
    except Unavailable:
        raise unavailable() from None
    return sum(counts.values())


def _kind(name: str) -> LetterKind:
    kinds: tuple[LetterKind, ...] = get_args(LetterKind)
    found = next((kind for kind in kinds if kind == name), None)
    if found is None:
        raise Problem(404)
    return found
