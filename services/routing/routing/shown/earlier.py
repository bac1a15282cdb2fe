# SPDX-License-Identifier: Apache-2.0
"""Earlier answers as the API and the case's page show them, in words."""

from collections.abc import Sequence

from pydantic import Field

from chassis.i18n import catalogue
from routing.domain.classifying.classification import Classifier
from routing.domain.earlier.differences import Difference, What
from routing.pages.classifying import names_of
from routing.searching.earlier import EarlierAnswer
from routing.shown.summary import View
from ventanilla_contracts.envelope import Instant


class DifferenceView(View):
    what: What = Field(description="age: it was answered more than a year ago")
    then: str = Field(description="in words; empty where `words` says it all")
    now: str
    words: str


class EarlierAnswerView(View):
    """What was asked and answered in another case, without what tells whose it was."""

    case_number: str = Field(description="the other case")
    asked: str
    text: str = Field(description="the answer, as it can be taken: what tells whose it was stands in brackets")
    answered_at: Instant
    area: str
    area_name: str
    nearness: float = Field(description="how much of what tells in this case was asked there too, 0 to 1")
    times: int = Field(description="how many of the nearest cases were answered in these words")
    differences: tuple[DifferenceView, ...]

    @classmethod
    def of(cls, one: EarlierAnswer, classifier: Classifier, locale: str) -> "EarlierAnswerView":
        differ = tuple(_difference(found, classifier, locale) for found in one.differences)
        return cls(**{**vars(one), "differences": differ})


class EarlierAnswersView(View):
    """The nearest first, at most five."""

    items: tuple[EarlierAnswerView, ...]

    @classmethod
    def of(cls, found: Sequence[EarlierAnswer], classifier: Classifier, locale: str) -> "EarlierAnswersView":
        return cls(items=tuple(EarlierAnswerView.of(one, classifier, locale) for one in found))


def _difference(found: Difference, classifier: Classifier, locale: str) -> DifferenceView:
    texts, names = catalogue("routing"), dict[str, dict[str, str]]()
    for name, values in names_of(classifier, locale).items():
        names[name] = dict(values)
    then, now = (names.get(found.what, {}).get(value, value) for value in (found.then, found.now))
    words = texts.t(f"earlier.differs.{found.what}", locale, then=then, now=now)
    return DifferenceView(what=found.what, then=then, now=now, words=words)
