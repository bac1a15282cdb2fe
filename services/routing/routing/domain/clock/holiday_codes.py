# SPDX-License-Identifier: Apache-2.0
"""Stable codes for holidays: ``holiday:corpus-christi.moved``, two on one date joined by ``+``.

They come from the English names of the package ``holidays``; a test holds them to the words in ``locale/``, so that a
renamed holiday is seen when the package is updated.
"""

import re
import unicodedata
from collections.abc import Iterable

PREFIX = "holiday:"
MOVED = ".moved"
AND = "+"


def code_of(names: Iterable[str]) -> str:
    """The reason code of the holidays of one date.

    >>> code_of(["Sacred Heart (observed)", "Saint Peter and Saint Paul's Day (observed)"])
    'holiday:sacred-heart.moved+saint-peter-and-saint-pauls-day.moved'
    """
    return PREFIX + AND.join(_slug(name) for name in names)


def holidays_in(code: str) -> list[tuple[str, bool]]:
    """The holidays of a reason code, each with whether it was moved to this date; none in other codes.

    >>> holidays_in("holiday:sacred-heart.moved")
    [('sacred-heart', True)]
    """
    if not code.startswith(PREFIX):
        return []
    slugs = code.removeprefix(PREFIX).split(AND)
    return [(slug.removesuffix(MOVED), slug.endswith(MOVED)) for slug in slugs]


def _slug(name: str) -> str:
    plain = name.removesuffix(" (observed)")
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower().replace("'", "")
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    return slug + MOVED if plain != name else slug
