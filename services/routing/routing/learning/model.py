# SPDX-License-Identifier: Apache-2.0
"""A trained model: for each field one weight a value and column; what it proposes, how sure it is, and by which words.

What it is made of is numbers and the names of values of the policy, nothing of any text (ADR 0026).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from routing.domain.classifying.proposal import Guess, Proposal
from routing.learning.features import COLUMNS, counted, readable, weighed, words_of
from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.vocabulary import ClassifiedField

Floats = NDArray[np.float32]
SHOWN_WORDS = 5
WORDS_KEPT = 50_000
"""In memory, with what they speak for, so that a word is weighed once; then forgotten all at once."""


class About(Frozen):
    """What stands beside the numbers of a model. ``samples`` and ``corrections``: texts that it learned from."""

    version: str
    trained_at: str
    samples: int
    corrections: int
    scikit_learn: str
    scheme: str
    policy: str
    values: dict[ClassifiedField, tuple[str, ...]]
    sha256: str


@dataclass(frozen=True)
class Numbers:
    """``columns``: which of COLUMNS are known; ``weights``: a row a value, fields one after the other."""

    columns: NDArray[np.int32]
    idf: Floats
    weights: Floats
    bias: Floats


@dataclass(frozen=True)
class Model:
    """Ready to be asked, from any thread at a time."""

    about: About
    numbers: Numbers
    _place: NDArray[np.int32] = field(init=False, repr=False)
    _spoken: dict[str, Floats] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        place = np.full(COLUMNS, -1, dtype=np.int32)
        place[self.numbers.columns] = np.arange(len(self.numbers.columns), dtype=np.int32)
        object.__setattr__(self, "_place", place)

    def propose(self, texts: Sequence[str]) -> list[Proposal]:
        """One proposal a text, in order."""
        if not texts:
            return []
        scores = self._scores([readable(text) for text in texts])
        words = [words_of(text) for text in texts]
        self._learn_words({word for one in words for word in one})
        rows = [self._guesses(row, found) for row, found in zip(scores, words, strict=True)]
        return [Proposal(model=self.about.version, guesses=guesses) for guesses in rows]

    def _scores(self, readables: Sequence[str]) -> Floats:
        rows = weighed(self._known(counted(readables)), self.numbers.idf)
        scores: Floats = rows @ self.numbers.weights.T + self.numbers.bias
        return scores

    def _known(self, counts: Any) -> Any:
        """Only the columns that the model knows, in its own numbering."""
        place = self._place[counts.indices]
        kept = place >= 0
        row_of = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))[kept]
        starts = np.concatenate([[0], np.cumsum(np.bincount(row_of, minlength=counts.shape[0]))])
        shape = (counts.shape[0], len(self.numbers.columns))
        return csr_matrix((counts.data[kept], place[kept], starts), shape=shape)

    def _guesses(self, scores: Floats, words: Mapping[str, str]) -> dict[ClassifiedField, Guess]:
        guesses: dict[ClassifiedField, Guess] = {}
        first = 0
        for name, values in self.about.values.items():
            of_field = slice(first, first + len(values))
            likely = _softmax(scores[of_field])
            best = int(likely.argmax())
            shown = self._words_for(words, of_field, best)
            guesses[name] = Guess(value=values[best], confidence=round(float(likely[best]), 4), words=shown)
            first += len(values)
        return guesses

    def _words_for(self, words: Mapping[str, str], of_field: slice, best: int) -> tuple[str, ...]:
        """Those that speak for this value more than for the others of its field."""
        spoken = {word: self._spoken[word][of_field] for word in words if word in self._spoken}
        weight = {word: float(each[best] - each.mean()) for word, each in spoken.items()}
        strongest = sorted((word for word in weight if weight[word] > 0), key=lambda word: (-weight[word], word))
        return tuple(words[word] for word in strongest[:SHOWN_WORDS])

    def _learn_words(self, words: set[str]) -> None:
        if len(self._spoken) > WORDS_KEPT:
            self._spoken.clear()
        new = sorted(words - self._spoken.keys())
        if new:
            known = self._known(counted(new))
            known.data = known.data * self.numbers.idf[known.indices]
            for word, spoken in zip(new, known @ self.numbers.weights.T, strict=True):
                self._spoken[word] = spoken


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max())
    likely: Floats = powers / powers.sum()
    return likely
