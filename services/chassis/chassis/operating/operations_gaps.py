# SPDX-License-Identifier: Apache-2.0
"""The section of `/operations` about missing events, and its forms."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from aiokafka.errors import KafkaError
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.log_ends import TopicsMissing
from chassis.mongo import Conflict
from chassis.operating.acts import By
from chassis.operating.gap_acts import GapActs, Listed
from chassis.operating.gaps import GapStays, seqs_text
from chassis.operating.gaps_shown import waiting_text
from chassis.operating.operations import LONGEST_REASON, Operator
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem

SUBJECTS = 50
BROKER_SECONDS = 3.0
SEARCH_SECONDS = 60.0
"""A longer search is one for the terminal."""

OUTCOMES = ("applied", "waits for its turn", "not in the log", "parked", "accepted", "done elsewhere")


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap, ready for the page."""

    subject: str
    topic: str
    missing: str
    parked: Mapping[int, str]
    waiting: str
    since: datetime
    behind: int | None

    @classmethod
    def of(cls, one: Listed) -> "GapRow":
        gap = one.gap
        place = (gap.subject, gap.topic, seqs_text(gap.missing), gap.parked)
        return cls(*place, waiting_text(gap), gap.since, one.behind)


@dataclass(frozen=True, slots=True)
class GapsSection:
    """Those that wait longest; ``subjects``: of how many events wait."""

    rows: Sequence[GapRow]
    subjects: int
    told: Sequence[str]
    longest_reason: int = LONGEST_REASON

    @property
    def shown(self) -> int:
        return len({row.subject for row in self.rows})

    @classmethod
    async def read(cls, gaps: GapActs, request: Request, outcomes: Sequence[str]) -> "GapsSection":
        """Raises Unavailable, Problem 409."""
        with _as_problems():
            listed = await gaps.listed(subjects=SUBJECTS, seconds=BROKER_SECONDS)
        rows = [GapRow.of(one) for one in listed]
        texts, locale = door_of(request).catalogue, locale_of(request)
        told = [kind for kind in dict.fromkeys(outcomes) if kind in OUTCOMES]
        words = [texts.t(f"operations.outcomes.{kind.replace(' ', '-')}", locale) for kind in told]
        return cls(rows, await gaps.found.subjects(), words)


def add_gap_forms(router: APIRouter, gaps: GapActs) -> None:
    """Reread, and accept with a reason."""

    @router.post("/gaps/reread")
    async def reread(request: Request, actor: Operator) -> Response:
        form = await request.form()
        subject, topic = str(form.get("subject", "")), str(form.get("topic", ""))
        with _as_problems():
            async with asyncio.timeout(SEARCH_SECONDS):
                told = await gaps.rereading.reread(subject, By(actor.id), topic=topic)
        return _back(one.outcome.partition(":")[0] for one in told)

    @router.post("/gaps/accept")
    async def accept(request: Request, actor: Operator) -> Response:
        form = await request.form()
        subject, topic, reason = (str(form.get(name, "")).strip() for name in ("subject", "topic", "reason"))
        if not reason:
            raise Problem(422, "gap-without-reason")
        with _as_problems():
            outcome = await gaps.accepting.accept(subject, topic, By(actor.id, reason[:LONGEST_REASON]))
        return _back([outcome])


@contextmanager
def _as_problems() -> Iterator[None]:
    """What cannot be done, in the words of who must act."""
    try:
        yield
    except GapStays as problem:
        raise Problem(409, f"gap-{problem.fault}") from None
    except TimeoutError:
        raise Problem(503, "gap-search-too-long") from None
    except (KafkaError, TopicsMissing, OSError):
        raise Problem(503, "gap-broker-away") from None
    except Conflict:
        raise Problem(409) from None


def _back(outcomes: Iterator[str] | Sequence[str]) -> Response:
    kinds = [("gap", outcome) for outcome in dict.fromkeys(outcomes)]
    return RedirectResponse(f"/operations?{urlencode(kinds)}#gaps", status_code=303)
