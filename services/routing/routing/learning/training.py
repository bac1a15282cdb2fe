# SPDX-License-Identifier: Apache-2.0
"""Training: from texts with their values to the numbers of a model. The same texts give the same model."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from routing.domain.classifying.file import ClassificationFile
from routing.domain.classifying.proposal import FIELDS
from routing.learning.example import Example
from routing.learning.features import SCHEME, counted, readable, weighed
from routing.learning.model import About, Floats, Model, Numbers
from routing.learning.model_file import fingerprint
from ventanilla_contracts.vocabulary import ClassifiedField

LEAST_TEXTS = 2
"""In so many texts a word must stand, and so many texts a value must have, before a model knows of it."""

STRENGTH = 30.0
"""How closely the texts are followed (scikit-learn's C), found by cross-validation: docs/routing.md."""

MOST_BY_LIKENESS = 3_000
"""Up to so many texts a model is found among their likenesses to each other, which is exact and takes a second; beyond
that among their columns."""

NOTHING = 1e-6
"""Of a likeness; what is less is a rounding error."""


class TooFew(ValueError):
    """There is nothing to learn from."""


def trained(examples: Sequence[Example], file: ClassificationFile, now: datetime) -> Model:
    """A model of these examples, of the values that the policy knows. Raises TooFew."""
    examples = [_within(example, file) for example in examples]
    if not examples:
        raise TooFew("there are no texts to learn from")
    counts = counted([readable(example.text) for example in examples])
    texts_with = np.bincount(counts.indices, minlength=counts.shape[1])
    columns = np.flatnonzero(texts_with >= LEAST_TEXTS).astype(np.int32)
    idf = np.log((1 + len(examples)) / (1 + texts_with[columns])).astype(np.float32) + np.float32(1)
    texts = _Texts(weighed(counts[:, columns], idf))
    learned = {name: one for name in FIELDS if (one := _field(texts, examples, name)) is not None}
    if not learned:
        raise TooFew("no field has two values with two texts each")
    numbers = Numbers(
        columns=columns,
        idf=idf,
        weights=np.vstack([one[1] for one in learned.values()]),
        bias=np.concatenate([one[2] for one in learned.values()]),
    )
    values = {name: one[0] for name, one in learned.items()}
    sha256 = fingerprint(numbers, values)
    about = About(
        version=f"{now:%Y-%m-%d}-{sha256[:8]}",
        trained_at=now.isoformat(timespec="seconds"),
        samples=sum(not example.corrected for example in examples),
        corrections=sum(example.corrected for example in examples),
        scikit_learn=sklearn.__version__,
        scheme=SCHEME,
        policy=file.version,
        values=values,
        sha256=sha256,
    )
    return Model(about, numbers)


def _within(example: Example, file: ClassificationFile) -> Example:
    """Without values that the policy does not know."""
    known: dict[ClassifiedField, set[str]] = {
        "area": {one.id for one in file.areas},
        "attribute": {one.id for one in file.attributes},
        "regulator_category": {one.id for one in file.regulator_categories},
    }
    values = {name: value for name, value in example.values.items() if value in known.get(name, {value})}
    return Example(example.text, values, example.corrected)


def _field(
    texts: "_Texts", examples: Sequence[Example], name: ClassifiedField
) -> tuple[tuple[str, ...], Floats, Floats] | None:
    """Values, weights and bias of one field; None where there is nothing to tell apart."""
    often = Counter(example.values[name] for example in examples if name in example.values)
    enough = {value for value, times in often.items() if times >= LEAST_TEXTS}
    if len(enough) < 2:
        return None
    numbers = tuple(n for n, example in enumerate(examples) if example.values.get(name) in enough)
    weights, bias, classes = texts.fitted(numbers, [examples[n].values[name] for n in numbers])
    return classes, *_a_row_a_value(weights, bias)


class _Texts:
    """The rows of all texts. Rare values weigh as much as frequent ones: the few who ask for their data count too.

    Among few texts the best weights are sums of their rows, so that the search has a number a text, not one a column.
    """

    def __init__(self, rows: Any) -> None:
        self.rows = rows
        self._seen: dict[tuple[int, ...], tuple[NDArray[Any], NDArray[Any]]] = {}

    def fitted(self, numbers: tuple[int, ...], right: Sequence[str]) -> tuple[Any, Any, tuple[str, ...]]:
        """Weights, bias and values, learned from the texts of these numbers."""
        learner = LogisticRegression(C=STRENGTH, max_iter=400, class_weight="balanced")
        rows = self.rows[list(numbers)]
        if len(numbers) > MOST_BY_LIKENESS:
            learner.fit(rows, right)
            return learner.coef_, learner.intercept_, tuple(map(str, learner.classes_))
        lengths, directions = self._likeness(numbers)
        learner.fit(directions * lengths, right)
        of_texts = learner.coef_ @ (directions / lengths).T
        return of_texts @ rows, learner.intercept_, tuple(map(str, learner.classes_))

    def _likeness(self, numbers: tuple[int, ...]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Most fields are known of the same texts."""
        if numbers not in self._seen:
            rows = self.rows[list(numbers)]
            strengths, directions = np.linalg.eigh((rows @ rows.T).toarray().astype(np.float64))
            there = strengths > NOTHING
            self._seen[numbers] = np.sqrt(strengths[there]), directions[:, there]
        return self._seen[numbers]


def _a_row_a_value(weights: NDArray[Any], bias: NDArray[Any]) -> tuple[Floats, Floats]:
    """Of two values scikit-learn keeps one row, for the second."""
    if len(weights) == 1:
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return weights.astype(np.float32), bias.astype(np.float32)
