# SPDX-License-Identifier: Apache-2.0
"""What a case's page shows of its answering: which forms this member may send now, and who else is in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from routing.domain.allowed import allowed
from routing.domain.answering.drafting import lacks
from routing.domain.case import Case
from routing.domain.policy import Policy
from ventanilla_contracts.envelope import Actor

AnsweringForm = Literal[
    "draft",
    "ask-review",
    "return-draft",
    "pass-draft",
    "approve",
    "request-documents",
    "ask-clarification",
    "reject",
    "keep-copy",
    "mark-ombudsman",
    "widen-ombudsman",
    "ombudsman-decision",
]
BY_THEIR_NAME: tuple[AnsweringForm, ...] = (
    "draft",
    "request-documents",
    "ask-clarification",
    "reject",
    "keep-copy",
    "mark-ombudsman",
    "widen-ombudsman",
    "ombudsman-decision",
)
"""Forms that are called as what they ask is."""
PLAN_ROWS = ASKED_AT_ONCE = 3
"""Rows of a form that works without script; more by sending it once more."""


@dataclass(frozen=True)
class AnsweringShown:
    """``names`` of members by id; ``needs``: what the rules ask for before the answer goes out."""

    forms: tuple[AnsweringForm, ...]
    needs: tuple[str, ...]
    names: Mapping[str, str]
    today: str

    @classmethod
    def of(cls, case: Case, policy: Policy, now: datetime, actor: Actor, *, writes: bool) -> "AnsweringShown":
        forms = _forms(case, policy, actor) if writes else ()
        names = {one.id: one.name for one in policy.matrix.people.values()}
        return cls(forms, case.answer_needs, names, policy.calendar.local_date(now).isoformat())


def _forms(case: Case, policy: Policy, actor: Actor) -> tuple[AnsweringForm, ...]:
    may = allowed(case)
    return (*(name for name in BY_THEIR_NAME if name in may), *_of_the_draft(case, policy, actor))


def _of_the_draft(case: Case, policy: Policy, actor: Actor) -> tuple[AnsweringForm, ...]:
    draft = case.draft
    if draft is None or not case.open:
        return ()
    if draft.review == "asked":
        reviews = policy.answering.reviews(actor.id) and actor.id != draft.by.id
        return ("return-draft", "pass-draft") if reviews else ()
    ask: tuple[AnsweringForm, ...] = ("ask-review",) if draft.review != "passed" and policy.answering.reviewers else ()
    sends = "approve" in allowed(case) and lacks(case, draft, actor) is None
    return (*ask, "approve") if sends else ask
