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


async def shown_beside(desk: Desk, request: Request, case: Case) -> Mapping[str, Any]:
    """For the page of a case: ``earlier``, None while there is nothing to find them in, and ``taken``, the text that
    the link asks for. Nothing of it keeps the page from being shown.
    """
    if not case.open:
        return {"earlier": (), "taken": ""}
    try:
        found = await desk.earlier.nearest(case, desk.clock.now())
    except (StillBuilding, Unavailable):
        return {"earlier": None, "taken": await _taken(desk, request)}
    view = EarlierAnswersView.of(found, desk.policy.classifier, locale_of(request))
    return {"earlier": view.items, "taken": await _taken(desk, request)}


async def _taken(desk: Desk, request: Request) -> str:
    number = request.query_params.get("take")
    if not number:
        return ""
    other = await desk.store.by_number(number[:40])
    return desk.earlier.taken(other) if other else ""
