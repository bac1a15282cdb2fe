# SPDX-License-Identifier: Apache-2.0
"""How good a model is beside the rules: F1 by class on texts that were held out, and over folds of the others.

The sample set was written by the people who wrote the rules, and is small: docs/routing.md says what that means.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, train_test_split

from routing.domain.classifying.classification import Classification, Classifier
from routing.domain.classifying.learned import classified, known
from routing.domain.classifying.proposal import FIELDS
from routing.domain.clock.calendar import Calendar
from routing.domain.clock.deadlines import Policy as AnchorPolicy
from routing.domain.clock.terms import Terms
from routing.learning.example import Example
from routing.learning.model import Model
from routing.learning.training import trained
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseFiled, Person, PersonalFiling
from ventanilla_contracts.vocabulary import ClassifiedField

SEED = 20260302
HELD_OUT = 0.25
FOLDS = 5
MONDAY = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Rules:
    """What the rules need of the policy, without anybody who answers."""

    classifier: Classifier
    terms: Terms
    calendar: Calendar
    anchor: AnchorPolicy = "receipt"


@dataclass(frozen=True)
class Score:
    """F1 of one field on the held-out texts: by class for rules, model and both; ``texts``: how many have that value.

    ``folds``: macro-F1 of the model in each fold of the other texts. ``decided``: the share of held-out texts in which
    rules or a sure model decided the field; ``right``: of those, how many rightly.
    """

    texts: dict[str, int]
    rules: dict[str, float]
    model: dict[str, float]
    both: dict[str, float]
    folds: tuple[float, ...]
    decided: float
    right: float


@dataclass(frozen=True)
class Evaluation:
    """``asked``: the share of held-out texts in which a person is asked for something."""

    learned_from: int
    held_out: int
    asked: float
    scores: dict[ClassifiedField, Score]


def macro(by_class: dict[str, float]) -> float:
    """The mean over classes, each weighing as much as any other."""
    return sum(by_class.values()) / len(by_class)


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """To learn from, and held out; the same each time, with the areas in equal parts."""
    areas = [example.values["area"] for example in examples]
    learn, test = train_test_split(list(examples), test_size=HELD_OUT, random_state=SEED, stratify=areas)
    return learn, test


def evaluated(examples: Sequence[Example], rules: Rules, count: int = FOLDS) -> Evaluation:
    """The held-out texts are looked at once, by a model of all others. Raises TooFew, or ValueError for too few."""
    learn, test = split(examples)
    model = trained(learn, rules.classifier.file, MONDAY)
    alone = [rules.classifier.classify(_filed(example)) for example in test]
    proposals = [known(rules, one) for one in model.propose([example.text for example in test])]
    both = [classified(rules, _filed(example), one) for example, one in zip(test, proposals, strict=True)]
    by_model = [{name: guess.value for name, guess in one.guesses.items()} for one in proposals]
    ruled = [set(rules.classifier.ruled(_filed(example)).values) for example in test]
    folds = _folds(learn, rules, count)
    scores = {}
    for name in model.about.values:
        truth = [example.values[name] for example in test]
        found = [str(getattr(one, name)) for one in both]
        sure = [_decided(name, by_rule, one) for by_rule, one in zip(ruled, both, strict=True)]
        right = [is_sure and it == is_ for is_sure, it, is_ in zip(sure, found, truth, strict=True)]
        scores[name] = Score(
            texts={value: truth.count(value) for value in sorted(set(truth))},
            rules=f1_by_class(truth, [str(getattr(one, name)) for one in alone]),
            model=f1_by_class(truth, [one.get(name, "") for one in by_model]),
            both=f1_by_class(truth, found),
            folds=folds[name],
            decided=sum(sure) / len(test),
            right=sum(right) / max(1, sum(sure)),
        )
    asked = sum(bool(one.waiting) for one in both) / len(test)
    return Evaluation(len(learn), len(test), asked, scores)


def f1_by_class(truth: Sequence[str], found: Sequence[str]) -> dict[str, float]:
    """Of the classes that are there to be found."""
    classes = sorted(set(truth))
    values: Any = f1_score(truth, found, labels=classes, average=None, zero_division=0.0)
    return {name: float(value) for name, value in zip(classes, values, strict=True)}


def _decided(name: ClassifiedField, by_rule: set[str], about: Classification) -> bool:
    return name in by_rule or any(one.field == name and one.used for one in about.proposed)


def _folds(learn: Sequence[Example], rules: Rules, count: int) -> dict[ClassifiedField, tuple[float, ...]]:
    """Macro-F1 of the model alone in each fold, by field."""
    found: dict[ClassifiedField, list[float]] = {name: [] for name in FIELDS}
    for model, test in folds_of(learn, rules, count):
        proposals = model.propose([example.text for example in test])
        for name in model.about.values:
            truth = [example.values[name] for example in test]
            values = [one.guesses[name].value for one in proposals]
            found[name].append(macro(f1_by_class(truth, values)))
    return {name: tuple(values) for name, values in found.items()}


def folds_of(learn: Sequence[Example], rules: Rules, count: int = FOLDS) -> list[tuple[Model, list[Example]]]:
    """For each fold a model of the others, and the fold."""
    areas = [example.values["area"] for example in learn]
    cut = StratifiedKFold(count, shuffle=True, random_state=SEED).split(areas, areas)
    return [
        (trained([learn[n] for n in others], rules.classifier.file, MONDAY), [learn[n] for n in fold])
        for others, fold in cut
    ]


def _filed(example: Example) -> CaseFiled:
    """As a mail without a subject, of which nothing was stated."""
    return CaseFiled(
        actor=Actor(id="citizen", role="citizen"),
        case_number="TEST-2026-000001-1",
        submission_id="sample",
        channel="email",
        received_at=MONDAY,
        registered_at=MONDAY,
        personal=PersonalFiling(person=Person(), subject="", text=example.text, tracking_code="AAAA-BBBB-CCCC-D"),
    )
