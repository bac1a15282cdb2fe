# SPDX-License-Identifier: Apache-2.0
"""What was chosen in a list, given to a responder or classified at once; the page says case by case what came of it."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from chassis.ids import new_id
from chassis.web.door import door_of, locale_of
from routing.api.bulk import refuse_who_may_not_classify
from routing.bulk import MOST, Bulk, Came, Chosen
from routing.desk import Desk
from routing.domain.commands import Assign, Classify
from routing.pages.assigning import assignment_in, choices
from routing.pages.classifying import names_of
from routing.roles import HANDLERS, Assigner
from ventanilla_contracts.envelope import Actor

FIELDS = ("area", "kind", "priority")
AGAIN = ("changed", "not-answered")
"""What can be sent once more, by somebody who has read why it was not done."""


def bulk_page_router(desk: Desk) -> APIRouter:
    """`POST /bulk`. Sent again by the browser, it does nothing twice and shows the same."""
    router = APIRouter(include_in_schema=False)

    @router.post("/bulk")
    async def bulk(request: Request, actor: Assigner) -> Response:
        async with request.form() as form:
            chosen, command = chosen_in(form), _command(desk, request, form, actor)
            key = str(form.get("key") or "")[:100]
        wrong = _wrong(chosen, command)
        if wrong or command is None:
            return _page(desk, request, actor, form, wrong=wrong or "nothing-said", left=chosen)
        came = await Bulk(desk, request, command, key or None).each(chosen)
        left = [Chosen(one.number, one.version) for one in came if one.outcome in AGAIN]
        return _page(desk, request, actor, form, came=came, left=left)

    return router


def chosen_in(form: FormData) -> list[Chosen]:
    """``NUMBER VERSION`` of each box that was ticked."""
    said = [one.partition(" ") for one in form.getlist("case") if isinstance(one, str)]
    return [Chosen(number[:40], int(version) if version.isdecimal() else None) for number, _, version in said]


def _wrong(chosen: Sequence[Chosen], command: Assign | Classify | None) -> str | None:
    if not chosen:
        return "none-chosen"
    if len(chosen) > MOST:
        return "too-many"
    if command is None:
        return "nothing-said"
    return "no-responder" if isinstance(command, Assign) and not command.responder else None


def _command(desk: Desk, request: Request, form: FormData, actor: Actor) -> Assign | Classify | None:
    """None where nothing was said that could be done."""
    if form.get("do") == "assign":
        return assignment_in(form, actor)
    refuse_who_may_not_classify(request, actor)
    known = names_of(desk.policy.classifier, locale_of(request))
    said: dict[str, Any] = {name: form.get(name) for name in FIELDS if form.get(name) in known[name]}  # type: ignore[index]
    return Classify(actor, **said) if said else None


def _page(
    desk: Desk,
    request: Request,
    actor: Actor,
    form: FormData,
    *,
    came: Sequence[Came] = (),
    left: Sequence[Chosen] = (),
    wrong: str | None = None,
) -> Response:
    said = {name: str(form.get(name) or "") for name in ("responder", "observation", *FIELDS)}
    return door_of(request).pages.render(
        request,
        "bulk.html",
        status=422 if wrong else 200,
        came=came,
        left=left,
        wrong=wrong,
        most=MOST,
        back=own_address(str(form.get("back") or "/")),
        said=said,
        names=names_of(desk.policy.classifier, locale_of(request)),
        people=choices(request, desk),
        may_classify=actor.role in HANDLERS,
        key=new_id(),
    )


def own_address(address: str) -> str:
    """An address of ours, never of somebody else."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"
