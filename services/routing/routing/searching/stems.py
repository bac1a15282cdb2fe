# SPDX-License-Identifier: Apache-2.0
"""What words are taken for when one looks for them: their stem, without accents, without the commonest words."""

import re
from collections.abc import Sequence

from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

from routing.domain.words import plain

MOST_CHARACTERS = 40_000
_ENDING = re.compile(r"([cs])ion\b")
_ANALYZER = (
    TextAnalyzerBuilder(Tokenizer.whitespace())
    .filter(Filter.remove_long(40))
    .filter(Filter.stopword("spanish"))
    .filter(Filter.stemmer("spanish"))
    .filter(Filter.ascii_fold())
    .build()
)


def stems(text: str) -> Sequence[str]:
    """The stems of a text's words, in order.

    People leave out accents, and the stemmer knows an ending by its accent: it is put back where it can only be that.

    >>> stems("Devolución, devoluciones y DEVOLUCION")
    ['devolu', 'devolu', 'devolu']
    """
    return _ANALYZER.analyze(_ENDING.sub(r"\1ión", plain(text[:MOST_CHARACTERS])))
