# SPDX-License-Identifier: Apache-2.0
"""What is wrong with classification rules that are well formed: names that do not exist, rules that never decide."""

from collections.abc import Collection, Iterator, Mapping

from chassis.faults import Fault, Place, repeated_ids
from routing.domain.classifying.classification import AS_STATED, SUBJECTS
from routing.domain.classifying.file import ClassificationFile, ClassificationRule


def classification_faults(file: ClassificationFile) -> list[Fault]:
    """All of them, in the order of the file."""
    return [*_repeated(file), *_unknown_names(file), *_unreachable_rules(file)]


def _repeated(file: ClassificationFile) -> Iterator[Fault]:
    for section in ("areas", "attributes", "regulator_categories", "rules"):
        yield from repeated_ids(section, [one.id for one in getattr(file, section)])


def _unknown_names(file: ClassificationFile) -> Iterator[Fault]:
    known = {
        "area": [one.id for one in file.areas],
        "attribute": [one.id for one in file.attributes],
        "regulator_category": [one.id for one in file.regulator_categories],
    }
    for name, ids in known.items():
        yield from _unknown(("defaults", name), getattr(file.defaults, name), ids)
    for n, area in enumerate(file.areas):
        yield from _unknown(("areas", n, "regulator_category"), area.regulator_category, known["regulator_category"])
    for matter, area_id in file.emergencies.items():
        yield from _unknown(("emergencies", matter), area_id, known["area"])
    yield from _unknown(("tutelas",), file.tutelas, known["area"])
    yield from _of_memberships(file, known)
    for n, rule in enumerate(file.rules):
        for name, ids in known.items():
            yield from _unknown(("rules", n, "then", name), getattr(rule.then, name), ids)
        for m, area_id in enumerate(rule.if_.area_stated or ()):
            yield from _unknown(("rules", n, "if", "area_stated", m), area_id, known["area"])


def _of_memberships(file: ClassificationFile, known: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    if (to := file.memberships) is not None:
        yield from _unknown(("memberships", "area"), to.area, known["area"])
        category = to.regulator_category
        yield from _unknown(("memberships", "regulator_category"), category, known["regulator_category"])


def _unknown(place: Place, value: str | None, ids: Collection[str]) -> Iterator[Fault]:
    if value is not None and value != AS_STATED and value not in ids:
        yield Fault(place, f"{value} does not exist", f"write one of {', '.join(ids)}, or add it to the list above")


def _unreachable_rules(file: ClassificationFile) -> Iterator[Fault]:
    for n, rule in enumerate(file.rules):
        before = [earlier for earlier in file.rules[:n] if earlier.if_.include(rule.if_)]
        if _all_said(rule, before):
            names = ", ".join(earlier.id for earlier in before)
            yield Fault(
                ("rules", n),
                f"{rule.id} never decides anything: what it says is decided before by {names}",
                "put it before them, or make its conditions different",
            )


def _all_said(rule: ClassificationRule, before: list[ClassificationRule]) -> bool:
    certain = [_certain(earlier) for earlier in before]
    says = rule.then.dimensions
    if any(_contradicts(said, says) for said in certain):
        return True
    return all(any(name in said for said in certain) for name in says)


def _contradicts(said: Mapping[str, object], says: Mapping[str, object]) -> bool:
    return any(name in said and name in says and said[name] != says[name] for name in SUBJECTS)


def _certain(rule: ClassificationRule) -> dict[str, object]:
    return {name: value for name, value in rule.then.dimensions.items() if value != AS_STATED}
