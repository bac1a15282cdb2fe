# SPDX-License-Identifier: Apache-2.0
"""What a case is about (CNF-06): the rules of ``classification.yaml`` and what follows from them.

Rules are asked in order. The first that speaks about a dimension (area, kind, …) decides it; the others may still
decide the dimensions that are left. A rule that names an area or a kind speaks about that one only: once another is
decided the rule is passed over, so that a claim never gets the term of a request. What no rule decides comes from the
area, and last from ``defaults``. Where a trained model is asked too, see ``routing.domain.classifying.learned``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from routing.domain.classifying.file import ClassificationFile, ClassificationRule, FilingTerm
from routing.domain.words import PhraseIndex, plain
from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.intake import CaseFiled
from ventanilla_contracts.routing import ProposedValue
from ventanilla_contracts.vocabulary import ClassifiedField, EmergencyMatter, Kind, Priority

AS_STATED = "as-stated"
SUBJECTS = ("area", "kind")
"""The dimensions that say what a rule is about: it holds as a whole or not at all."""


class Classification(Frozen):
    """What a case is about, and the rules that decided it (none when a person did).

    ``model`` and the fields after it: as the event case-classified says them.
    """

    area: str
    area_name: str
    attribute: str
    regulator_category: str
    kind: Kind
    term: FilingTerm | Literal["ordered"]
    priority: Priority
    legal_support: bool = False
    by: Literal["rules", "model", "person"] = "rules"
    rules: tuple[str, ...] = ()
    model: str | None = None
    proposed: tuple[ProposedValue, ...] = ()
    waiting: tuple[ClassifiedField, ...] = ()
    by_person: tuple[ClassifiedField, ...] = ()


@dataclass(frozen=True)
class Ruled:
    """What rules decided of a filing, by dimension, and which rules; the other dimensions are open."""

    values: Mapping[str, object]
    rules: tuple[str, ...] = ()


class Classifier:
    """The rules of a file, ready to be asked."""

    def __init__(self, file: ClassificationFile) -> None:
        self.file = file
        self.areas = {area.id: area for area in file.areas}
        self.attributes = {one.id: one.name for one in file.attributes}
        self.regulator_categories = {one.id: one.name for one in file.regulator_categories}
        self._rules = [(rule, rule.then.dimensions) for rule in file.rules]
        self._defaults = file.defaults.model_dump()
        self._of_phrase: dict[str, list[int]] = defaultdict(list)
        for n, rule in enumerate(file.rules):
            for phrase in rule.if_.words or ():
                self._of_phrase[phrase].append(n)
        self._without_words = [n for n, rule in enumerate(file.rules) if rule.if_.words is None]
        self._phrases = PhraseIndex(self._of_phrase)
        self._stated_as = {
            plain(name): area.id for area in file.areas for name in (*area.also, area.name, area.id.replace("-", " "))
        }

    def classify(self, filed: CaseFiled) -> Classification:
        """What the rules make of a filing."""
        return self.completed(self.ruled(filed))

    def ruled(self, filed: CaseFiled) -> Ruled:
        """What the rules say of a filing, before anything is taken from its area or the defaults."""
        found = self._phrases.found_in(f"{filed.personal.subject}\n{filed.personal.text}")
        facts = self._facts(filed)
        decided: dict[str, object] = {}
        deciding: list[str] = []
        for rule, says in self._candidates(found):
            if rule.if_.hold(facts, found):
                new = _still_open(_resolved(says, facts), decided)
                decided |= new
                deciding += [rule.id] if new else []
        return Ruled(decided, tuple(deciding))

    def completed(self, ruled: Ruled) -> Classification:
        """With what nobody decided taken from the area, and last from the defaults."""
        area = self.areas[str(ruled.values.get("area", self._defaults["area"]))]
        of_area = {"regulator_category": area.regulator_category} if area.regulator_category else {}
        values = {**self._defaults, **of_area, **ruled.values}
        return Classification.model_validate({**values, "area_name": area.name, "rules": ruled.rules})

    def urgent(self, about: Classification, matter: EmergencyMatter, *, moves: bool) -> Classification:
        """What intake marked as an emergency (SQR-03); ``moves``: to its area. It does not close with thanks."""
        area = self.areas[self.file.emergencies.get(matter, about.area) if moves else about.area]
        kind = self._defaults["kind"] if about.kind == "compliment" else about.kind
        changed = {"area": area.id, "area_name": area.name, "kind": kind, "priority": "emergency"}
        return about.model_copy(update={**changed, "rules": ("emergency-marked", *about.rules)})

    def ordered(self, about: Classification, *, tutela: bool) -> Classification:
        """An authority says until when; a judge's order goes to whoever answers judges (ICX-15)."""
        if not tutela:
            return about.model_copy(update={"term": "ordered"})
        area = self.areas[self.file.tutelas or about.area]
        kind = self._defaults["kind"] if about.kind == "compliment" else about.kind
        changed = {"area": area.id, "area_name": area.name, "kind": kind, "term": "ordered", "priority": "high"}
        return about.model_copy(update={**changed, "legal_support": True, "rules": ("tutela", *about.rules)})

    def member(self, about: Classification) -> Classification:
        """What asks for membership goes to whoever admits, as a petition (CSC-06); a person's word holds."""
        to = self.file.memberships
        if to is None or about.by == "person":
            return about
        area = self.areas[to.area]
        category = to.regulator_category or area.regulator_category or about.regulator_category
        changed: dict[str, object] = {
            "area": area.id,
            "area_name": area.name,
            "regulator_category": category,
            "kind": "petition",
        }
        waiting = tuple(field for field in about.waiting if field not in (*changed, "term"))
        changed |= {"term": "general", "rules": ("membership", *about.rules), "waiting": waiting}
        return about.model_copy(update=changed)

    def _candidates(self, found: Iterable[str]) -> Iterator[tuple[ClassificationRule, dict[str, object]]]:
        """The rules that may hold for a text with these phrases, in order: a tenth of them all."""
        numbers = {*self._without_words, *(n for phrase in found for n in self._of_phrase[phrase])}
        return (self._rules[n] for n in sorted(numbers))

    def _facts(self, filed: CaseFiled) -> dict[str, object]:
        return {
            "channel": filed.channel,
            "kind_stated": filed.kind_stated,
            "area_stated": self._stated_as.get(plain(filed.area_stated)) if filed.area_stated else None,
            "authority": filed.regulator.authority if filed.regulator else None,
            "service_point": filed.service_point,
        }


def _resolved(says: Mapping[str, object], facts: Mapping[str, object]) -> dict[str, object]:
    """With what was stated in place of ``as-stated``; without what nobody stated."""
    values = {name: facts[f"{name}_stated"] if value == AS_STATED else value for name, value in says.items()}
    return {name: value for name, value in values.items() if value is not None}


def _still_open(says: Mapping[str, object], decided: Mapping[str, object]) -> dict[str, object]:
    if any(name in says and decided.get(name, says[name]) != says[name] for name in SUBJECTS):
        return {}
    return {name: value for name, value in says.items() if name not in decided}
