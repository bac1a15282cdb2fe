# SPDX-License-Identifier: Apache-2.0
"""The indexes of all that routing keeps, as each part says those of its own."""

from collections.abc import Mapping, Sequence

from pymongo import IndexModel

from routing.cases.indexes import CASE_INDEXES
from routing.live.presence import PRESENCE_INDEXES
from routing.matrix.store import VERSION_INDEXES
from routing.questions.store import QUESTION_INDEXES
from routing.searching.reading import SEARCH_INDEXES

INDEXES: Mapping[str, Sequence[IndexModel]] = {
    **CASE_INDEXES,
    **VERSION_INDEXES,
    **SEARCH_INDEXES,
    **QUESTION_INDEXES,
    **PRESENCE_INDEXES,
}
