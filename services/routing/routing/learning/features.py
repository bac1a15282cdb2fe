# SPDX-License-Identifier: Apache-2.0
"""What a model sees of a text: which words, pairs of words and pieces of words it holds, by hash.

Hashed, so that no model keeps a vocabulary: what a person wrote cannot be read from one. Numbers, addresses of mail and
of the web are taken out before.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

from routing.domain.words import plain

SCHEME = "words-1-2.pieces-3-5.1"
"""Changes whenever the same text is seen otherwise: a model of another scheme is refused."""

WORD_COLUMNS, PIECE_COLUMNS = 1 << 17, 1 << 18
COLUMNS = WORD_COLUMNS + PIECE_COLUMNS
LONGEST_READ = 8_000
"""Characters: a matter is told in less, and a book must not take a second."""

_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
_NUMBER = re.compile(r"\S*\d\S*")
_WORD = re.compile(r"\w+")
_LETTERS_OF_A_WORD = 4


def readable(text: str) -> str:
    """The words alone, without what tells one person from another rather than one matter from another.

    >>> readable("Mi cédula es 1.000.142, escriban a ana@correo.example: ¡NO ME PAGARON!")
    'mi cedula es escriban a no me pagaron'
    """
    return plain(_NUMBER.sub(" ", _ADDRESS.sub(" ", text[:LONGEST_READ])))


def words_of(text: str) -> dict[str, str]:
    """The words of some length that a model may have decided by: as it sees them, and as they were written."""
    cleaned = _NUMBER.sub(" ", _ADDRESS.sub(" ", text[:LONGEST_READ]))
    written = (word.lower() for word in _WORD.findall(cleaned))
    seen = ((plain(word), word) for word in written)
    return {word: as_written for word, as_written in seen if len(word) >= _LETTERS_OF_A_WORD and " " not in word}


def counted(texts: Sequence[str]) -> Any:
    """A sparse row of COLUMNS a readable text: how often each piece stands in it."""
    return hstack([_WORDS.transform(texts), _PIECES.transform(texts)], format="csr", dtype=np.float32)


def weighed(counts: Any, idf: "np.ndarray[Any, np.dtype[np.float32]]") -> Any:
    """Each row damped, by how rare its columns are, and of length 1."""
    rows = csr_matrix(counts, dtype=np.float32, copy=True)
    rows.data = (1 + np.log(rows.data)) * idf[rows.indices]
    lengths = np.sqrt(np.add.reduceat(np.append(rows.data**2, np.float32(0)), rows.indptr[:-1]))
    filled = np.diff(rows.indptr)
    rows.data /= np.repeat(np.where(filled > 0, np.maximum(lengths, 1e-9), 1), filled)
    return rows


def _hashing(analyzer: str, sizes: tuple[int, int], columns: int) -> Any:
    return HashingVectorizer(
        analyzer=analyzer,
        ngram_range=sizes,
        n_features=columns,
        alternate_sign=False,
        norm=None,
        lowercase=False,
        token_pattern=r"\S+" if analyzer == "word" else None,
        dtype=np.float32,
    )


_WORDS = _hashing("word", (1, 2), WORD_COLUMNS)
_PIECES = _hashing("char_wb", (3, 5), PIECE_COLUMNS)
