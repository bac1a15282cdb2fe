# SPDX-License-Identifier: Apache-2.0
"""The indicators: what each divides by what (ICX-09, CSC-05)."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from reporting.domain.facts import Measure
from ventanilla_contracts.vocabulary import Kind

IndicatorId = Literal[
    "complaints-and-claims-in-time",
    "answered-in-time",
    "terms-kept",
    "claims-reduction",
    "received",
    "answered",
    "closed",
    "withdrawn",
    "transferred",
    "rejected",
    "answered-in-part",
    "documents-overdue",
    "ombudsman-asked",
    "ombudsman-answered",
    "ombudsman-in-time",
    "ombudsman-for-person",
    "ombudsman-partly",
    "ombudsman-for-organisation",
    "open",
    "overdue",
    "reminders",
    "deadlines-missed",
    "escalations",
    "first-response-within-sla",
    "resolved-within-sla",
    "deliveries-failed",
    "deliveries-unknown",
    "satisfied-of-contacted",
    "contacted-of-checked",
    "submissions-held",
    "submissions-held-now",
    "submissions-ignored",
    "submissions-rejected",
]

COMPLAINTS_AND_CLAIMS: frozenset[Kind | None] = frozenset({"complaint", "claim"})
CLAIMS: frozenset[Kind | None] = frozenset({"claim"})

Amounts = Mapping[str, int]
ByKind = Mapping[Kind | None, Amounts]


@dataclass(frozen=True)
class Figures:
    """Everything that the indicators of a period are made of.

    ``cases``: sums by kind; ``before``: the same of the period of equal length before it; ``open`` and ``overdue``: at
    its end, or now if it has not ended; ``held_now``: submissions that wait on the desk at this moment.
    """

    cases: ByKind = field(default_factory=dict)
    before: ByKind = field(default_factory=dict)
    submissions: Amounts = field(default_factory=dict)
    open: int = 0
    overdue: int = 0
    held_now: int = 0

    def total(self, *measures: Measure, kinds: AbstractSet[Kind | None] | None = None) -> int:
        return _total(self.cases, measures, kinds)

    def total_before(self, *measures: Measure, kinds: AbstractSet[Kind | None] | None = None) -> int:
        return _total(self.before, measures, kinds)

    def outcomes(self, outcome: str) -> int:
        return self.submissions.get(outcome, 0)


def _total(cases: ByKind, measures: tuple[Measure, ...], kinds: AbstractSet[Kind | None] | None) -> int:
    wanted = [amounts for kind, amounts in cases.items() if kinds is None or kind in kinds]
    return sum(amounts.get(measure, 0) for amounts in wanted for measure in measures)


@dataclass(frozen=True)
class Rule:
    """A count, or a share in percent where there is a ``whole``."""

    id: IndicatorId
    part: Callable[[Figures], int]
    whole: Callable[[Figures], int] | None = None


@dataclass(frozen=True)
class Indicator:
    """``value`` is None where there is nothing to divide by; part and whole are None for a count."""

    id: IndicatorId
    value: float | int | None
    unit: Literal["percent", "count"]
    numerator: int | None
    denominator: int | None


RULES: tuple[Rule, ...] = (
    Rule(
        "complaints-and-claims-in-time",
        lambda f: f.total("answered_in_time", kinds=COMPLAINTS_AND_CLAIMS),
        lambda f: f.total("answered", kinds=COMPLAINTS_AND_CLAIMS),
    ),
    Rule("answered-in-time", lambda f: f.total("answered_in_time"), lambda f: f.total("answered")),
    # Also counts the terms that ran out while there is still no answer, which the two above do not see.
    Rule("terms-kept", lambda f: f.total("answered_in_time"), lambda f: f.total("answered_in_time", "missed")),
    Rule(
        "claims-reduction",
        lambda f: f.total_before("received", kinds=CLAIMS) - f.total("received", kinds=CLAIMS),
        lambda f: f.total_before("received", kinds=CLAIMS),
    ),
    Rule("received", lambda f: f.total("received")),
    Rule("answered", lambda f: f.total("answered")),
    Rule("closed", lambda f: f.total("closed")),
    Rule("withdrawn", lambda f: f.total("withdrawn")),
    Rule("transferred", lambda f: f.total("transferred")),
    Rule("rejected", lambda f: f.total("rejected")),
    Rule("answered-in-part", lambda f: f.total("answered_in_part")),
    Rule("documents-overdue", lambda f: f.total("documents_overdue")),
    # Of what the ombudsman of the financial consumer asked (ICX-08), what was answered in the period.
    Rule("ombudsman-asked", lambda f: f.total("ombudsman_asked")),
    Rule("ombudsman-answered", lambda f: f.total("ombudsman_answered")),
    Rule("ombudsman-in-time", lambda f: f.total("ombudsman_in_time"), lambda f: f.total("ombudsman_answered")),
    Rule("ombudsman-for-person", lambda f: f.total("ombudsman_for_person")),
    Rule("ombudsman-partly", lambda f: f.total("ombudsman_partly")),
    Rule("ombudsman-for-organisation", lambda f: f.total("ombudsman_for_organisation")),
    Rule("open", lambda f: f.open),
    Rule("overdue", lambda f: f.overdue),
    Rule("reminders", lambda f: f.total("reminded")),
    Rule("deadlines-missed", lambda f: f.total("missed")),
    Rule("escalations", lambda f: f.total("escalated")),
    # What the house promises beside the law, of the cases of which it promises something.
    Rule(
        "first-response-within-sla",
        lambda f: f.total("first_response_kept"),
        lambda f: f.total("first_response_kept", "first_response_missed"),
    ),
    Rule(
        "resolved-within-sla",
        lambda f: f.total("resolution_kept"),
        lambda f: f.total("resolution_kept", "resolution_missed"),
    ),
    Rule("deliveries-failed", lambda f: f.total("deliveries_failed")),
    Rule("deliveries-unknown", lambda f: f.total("deliveries_unknown")),
    Rule("satisfied-of-contacted", lambda f: f.total("satisfied"), lambda f: f.total("satisfied", "not_satisfied")),
    Rule(
        "contacted-of-checked",
        lambda f: f.total("satisfied", "not_satisfied"),
        lambda f: f.total("satisfied", "not_satisfied", "not_contacted"),
    ),
    Rule("submissions-held", lambda f: f.outcomes("held")),
    Rule("submissions-held-now", lambda f: f.held_now),
    Rule("submissions-ignored", lambda f: f.outcomes("ignored")),
    Rule("submissions-rejected", lambda f: f.outcomes("rejected")),
)


def indicators(figures: Figures) -> list[Indicator]:
    """All of them, in the order in which they are shown."""
    return [_indicator(rule, figures) for rule in RULES]


def _indicator(rule: Rule, figures: Figures) -> Indicator:
    part = rule.part(figures)
    if rule.whole is None:
        return Indicator(rule.id, part, "count", None, None)
    whole = rule.whole(figures)
    return Indicator(rule.id, round(100 * part / whole, 2) if whole else None, "percent", part, whole)
