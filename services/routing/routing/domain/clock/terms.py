# SPDX-License-Identifier: Apache-2.0
"""Legal terms as versioned data, each rule in force for filings of certain dates (ICX-03, design 5)."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, PositiveInt, model_validator

from ventanilla_contracts.envelope import Frozen, LocalDate, ShortText
from ventanilla_contracts.vocabulary import Term

TERM_NAMES: tuple[str, ...] = tuple(name for name in get_args(Term) if name != "ordered")
"""Those that the law fixes."""


class TermRule(Frozen):
    """One term for filings from ``valid_from`` to ``valid_to``, both included.

    ``extension``: ``double`` is 2n in all from the start, a number is so many units more, None cannot be extended.
    ``verified``: whether the numbers were seen in a source.
    """

    id: Annotated[str, Field(min_length=1)]
    term: Term
    length: PositiveInt
    unit: Literal["business-days", "calendar-months"]
    extension: Literal["double"] | PositiveInt | None
    valid_from: LocalDate
    valid_to: LocalDate | None = None
    source: ShortText
    verified: bool

    def covers(self, filed_on: date) -> bool:
        """Whether it holds for what was filed on that local date."""
        return self.valid_from <= filed_on and (self.valid_to is None or filed_on <= self.valid_to)

    @property
    def extended_length(self) -> int | None:
        """The whole length with the extension; None if there is none."""
        if self.extension is None:
            return None
        return self.length * 2 if self.extension == "double" else self.length + self.extension


class Terms(Frozen):
    """All rules (``data/terms.yaml``): every term has one, and never two for the same date of filing."""

    version: str
    rules: tuple[TermRule, ...]

    @model_validator(mode="after")
    def _every_term_has_one_rule_at_a_time(self) -> Self:
        for name in TERM_NAMES:
            rules = self._rules_of(name)
            if not rules:
                raise ValueError(f"the term {name} has no rule")
            for earlier, later in pairwise(rules):
                if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
                    raise ValueError(f"{earlier.id} and {later.id} hold for the same dates of filing")
        return self

    def rule_for(self, term: str, filed_on: date) -> TermRule | None:
        """The rule in force for what was filed on that local date; None when the data has none."""
        return next((rule for rule in self.rules if rule.term == term and rule.covers(filed_on)), None)

    def extendable(self, filed_on: date) -> tuple[str, ...]:
        """The terms that could be extended for what was filed on that local date."""
        rules = (self.rule_for(name, filed_on) for name in TERM_NAMES)
        return tuple(rule.term for rule in rules if rule and rule.extension)

    def _rules_of(self, term: str) -> list[TermRule]:
        return sorted((rule for rule in self.rules if rule.term == term), key=lambda rule: rule.valid_from)
