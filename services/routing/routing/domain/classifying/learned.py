# SPDX-License-Identifier: Apache-2.0
"""What a trained model may decide of a classification (CNF-06): what the rules leave open, where it is sure enough.

The proposal is made before anything is decided and handed in, so that the rules stay pure. A model never touches what a
rule decided, an emergency, a tutela or what a regulator asks; it never lowers a priority, never lengthens a term, and
never makes a compliment, which closes without an answer. A value that the policy does not know is not proposed at all.
"""

from collections.abc import Mapping
from datetime import date
from typing import Protocol, get_args

from routing.domain.classifying.classification import Classification, Classifier, Ruled
from routing.domain.classifying.file import FilingTerm
from routing.domain.classifying.proposal import Proposal
from routing.domain.clock.calendar import Calendar
from routing.domain.clock.deadlines import Deadline, compute
from routing.domain.clock.deadlines import Policy as AnchorPolicy
from routing.domain.clock.terms import Terms
from ventanilla_contracts.intake import CaseFiled
from ventanilla_contracts.routing import ProposedValue
from ventanilla_contracts.vocabulary import ClassifiedField, Kind, Priority


class LaidDown(Protocol):
    """What of an organisation's policy a classification needs."""

    @property
    def classifier(self) -> Classifier: ...
    @property
    def terms(self) -> Terms: ...
    @property
    def calendar(self) -> Calendar: ...
    @property
    def anchor(self) -> AnchorPolicy: ...


def known(policy: LaidDown, proposal: Proposal) -> Proposal:
    """Without the values that the policy does not know (any more)."""
    classifier = policy.classifier
    choices: Mapping[ClassifiedField, Mapping[str, object] | tuple[str, ...]] = {
        "area": classifier.areas,
        "attribute": classifier.attributes,
        "regulator_category": classifier.regulator_categories,
        "kind": get_args(Kind),
        "term": get_args(FilingTerm),
        "priority": get_args(Priority),
    }
    return Proposal(
        model=proposal.model,
        guesses={field: guess for field, guess in proposal.guesses.items() if guess.value in choices[field]},
    )


def classified(policy: LaidDown, filed: CaseFiled, proposal: Proposal | None) -> Classification:
    """What rules and a model make of a filing; ``proposal`` is one that was made ``known``."""
    if proposal is None or not _may_be_learned(filed):
        return policy.classifier.classify(filed)
    ruled = policy.classifier.ruled(filed)
    by_rules = policy.classifier.completed(ruled)
    used: dict[str, str] = {
        field: guess.value
        for field, guess in proposal.guesses.items()
        if field not in ruled.values
        and guess.confidence >= policy.classifier.file.learned.thresholds.get(field, 2)
        and _may_decide(policy, filed, field, guess.value, by_rules)
    }
    about = policy.classifier.completed(Ruled({**ruled.values, **used}, ruled.rules))
    changes = {
        "by": "model" if used else "rules",
        "model": proposal.model,
        "proposed": _told(proposal, used),
        "waiting": _waiting(policy, {*ruled.values, *used}, kind_by_rule="kind" in ruled.values),
    }
    return about.model_copy(update=changes)


def _may_be_learned(filed: CaseFiled) -> bool:
    from_regulator = filed.regulator is not None or filed.channel == "regulator"
    return filed.emergency is None and filed.tutela is None and not from_regulator


def _may_decide(
    policy: LaidDown, filed: CaseFiled, field: ClassifiedField, value: str, by_rules: Classification
) -> bool:
    match field:
        case "kind":
            return value != "compliment"
        case "priority":
            return value == "high" and by_rules.priority == "normal"
        case "term" if value != by_rules.term:
            return _due(policy, filed, value) <= _due(policy, filed, by_rules.term)
    return True


def _due(policy: LaidDown, filed: CaseFiled, term: str) -> date:
    """A term that has no due date for this receipt is as long as can be."""
    found = compute(term, filed.received_at, policy=policy.anchor, terms=policy.terms, calendar=policy.calendar)
    return found.due if isinstance(found, Deadline) else date.max


def _told(proposal: Proposal, used: Mapping[str, str]) -> tuple[ProposedValue, ...]:
    return tuple(
        ProposedValue(field=field, value=guess.value, confidence=round(guess.confidence, 3), used=field in used)
        for field, guess in proposal.guesses.items()
    )


def _waiting(policy: LaidDown, decided: set[str], *, kind_by_rule: bool) -> tuple[ClassifiedField, ...]:
    """What a person is asked about. The term that goes with a kind is the rules', where they decided the kind."""
    asked = policy.classifier.file.learned.ask
    return tuple(field for field in asked if field not in decided and not (field == "term" and kind_by_rule))
