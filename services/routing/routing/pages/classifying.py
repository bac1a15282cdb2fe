# SPDX-License-Identifier: Apache-2.0
"""The form by which a person says what a case is about: what is proposed, what holds, what can be chosen (CNF-06)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from starlette.datastructures import FormData

from chassis.i18n import catalogue
from chassis.web.problems import Problem
from routing.domain.case import Case
from routing.domain.classifying.classification import Classifier
from routing.domain.classifying.file import FilingTerm
from routing.domain.classifying.proposal import FIELDS
from ventanilla_contracts.vocabulary import ClassifiedField, Kind, Priority

Names = Mapping[ClassifiedField, Mapping[str, str]]


@dataclass(frozen=True)
class FieldShown:
    """One field of the form; ``guess``: what a model proposed, in words, ``because`` of these words of the person."""

    name: ClassifiedField
    choices: Mapping[str, str]
    chosen: str
    waiting: bool
    guess: str = ""
    percent: int = 0
    because: str = ""


def names_of(classifier: Classifier, locale: str) -> Names:
    """Every value that a field can have, in words."""
    texts = catalogue("routing")
    return {
        "area": {one.id: one.name for one in classifier.areas.values()},
        "attribute": classifier.attributes,
        "regulator_category": classifier.regulator_categories,
        "kind": {value: texts.t(f"kinds.{value}", locale) for value in get_args(Kind)},
        "term": {value: texts.t(f"terms.{value}", locale) for value in get_args(FilingTerm)},
        "priority": {value: texts.t(f"priorities.{value}", locale) for value in get_args(Priority)},
    }


def fields_of(case: Case, classifier: Classifier, locale: str) -> list[FieldShown]:
    """All but what an authority or an emergency decides. What waits is chosen as it was proposed."""
    names = names_of(classifier, locale)
    return [_field(case, name, names[name]) for name in FIELDS if not _is_given(case, name)]


def said_in(form: FormData, fields: Sequence[FieldShown]) -> dict[str, Any]:
    """What the form says of these fields. Raises Problem 422 for what could not be chosen."""
    said: dict[str, Any] = {field.name: str(form.get(field.name) or "") for field in fields}
    for field in fields:
        if said[field.name] not in field.choices:
            values = {"value": said[field.name][:60], "choices": ", ".join(field.choices)}
            raise Problem(422, "unknown-choice", values=values)
    return said


def _is_given(case: Case, name: ClassifiedField) -> bool:
    return (name == "term" and case.has_ordered_term) or (name == "priority" and case.emergency is not None)


def _field(case: Case, name: ClassifiedField, choices: Mapping[str, str]) -> FieldShown:
    about = case.classification
    if about is None:
        raise ValueError("a case is classified when it is filed")
    guess = case.proposal.guesses.get(name) if case.proposal else None
    waiting, now = name in about.waiting, str(getattr(about, name))
    if guess is None or guess.value not in choices:
        return FieldShown(name, choices, now, waiting)
    chosen = guess.value if waiting else now
    percent = round(guess.confidence * 100)
    return FieldShown(name, choices, chosen, waiting, choices[guess.value], percent, ", ".join(guess.words))
