# SPDX-License-Identifier: Apache-2.0
"""The indexes of the cases and of what is kept beside them in rows of its own."""

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, IndexModel

from routing.cases.fields import (
    AREA,
    BY_DUE,
    BY_OMBUDSMAN,
    CHANNEL,
    HAS_TASK,
    KIND,
    NUMBER,
    OPEN,
    RESPONDER,
    STATUS,
    TASK,
    TO_CLASSIFY,
    TO_REVIEW,
)
from routing.consumers import CASES
from routing.domain.answering.drafting import DRAFTS
from routing.domain.filing import MESSAGES
from routing.domain.links import LINKS
from routing.following.store import ASKED_ON
from routing.matrix.store import CASES_BY_VERSION

LISTS = (
    (STATUS,),
    (OPEN,),
    (RESPONDER, OPEN),
    (AREA, OPEN),
    (KIND, OPEN),
    (TO_CLASSIFY,),
    (CHANNEL, OPEN),
    (TO_REVIEW,),
    (BY_OMBUDSMAN, OPEN),
)
"""A list by one thing reads no more cases than it shows, however many are stored; each says whether they are open."""
CASE_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    CASES: [
        IndexModel([(NUMBER, ASCENDING)]),
        *(IndexModel([*((name, ASCENDING) for name in names), *BY_DUE]) for names in LISTS),
        IndexModel([(TASK, ASCENDING), *BY_DUE], partialFilterExpression={TASK: HAS_TASK}),
        IndexModel([(OPEN, ASCENDING), ("state.counted_by", ASCENDING)]),
        CASES_BY_VERSION,
        ASKED_ON,
    ],
    MESSAGES: [IndexModel([("case", ASCENDING), ("at", ASCENDING)])],
    DRAFTS: [IndexModel([("case", ASCENDING), ("revision", ASCENDING)])],
    LINKS: [IndexModel([("cases", ASCENDING), ("at", ASCENDING)])],
}
