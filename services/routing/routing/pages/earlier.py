# SPDX-License-Identifier: Apache-2.0
"""Beside the form of an answer: what was answered before, and a link that takes it into the form (CSC-04)."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from chassis.mongo import Unavailable
from chassis.web.door import locale_of
from routing.desk import Desk
from routing.domain.case import Case
from routing.searching.building import StillBuilding
from routing.shown.earlier import EarlierAnswersView

QUESTION = "faq:"
"""Before the id of a frequent question whose answer is taken."""


async def shown_beside(desk: Desk, request: Request, case: Case) -> Mapping[str, Any]:
    """For the page of a case. Nothing of it keeps the page from being shown.

    ``questions`` that are published; ``earlier`` answers, None while there is nothing to find them in; ``taken``, the
    text that the link asks for.
    """
    if not case.open:
        return {"questions": (), "earlier": (), "taken": ""}
    questions = [one for _, one in await desk.curating.nearest(f"{case.subject} {case.text}")]
    taken = await _taken(desk, request.query_params.get("take") or "")
    try:
        found = await desk.earlier.nearest(case, desk.clock.now())
    except (StillBuilding, Unavailable):
        return {"questions": questions, "earlier": None, "taken": taken}
    view = EarlierAnswersView.of(found, desk.policy.classifier, locale_of(request))
    return {"questions": questions, "earlier": view.items, "taken": taken}


async def _taken(desk: Desk, asked: str) -> str:
    if asked.startswith(QUESTION):
        question = await desk.curating.store.one(asked.removeprefix(QUESTION)[:64])
        return question.answer if question and question.status == "published" else ""
    other = await desk.store.by_number(asked[:40]) if asked else None
    return desk.earlier.taken(other) if other else ""
