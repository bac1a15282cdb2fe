# SPDX-License-Identifier: Apache-2.0
"""What is wrong with an escalation matrix that is well formed: people and areas that do not exist, areas without a
responder, rules that no case reaches, levels out of order, days on which nobody is there.
"""

from collections.abc import Collection, Iterator

from chassis.faults import Fault, Place, repeated_ids
from routing.domain.classifying.file import ClassificationFile
from routing.domain.matrix.absence_checks import absence_faults
from routing.domain.matrix.file import PLACES, ROLES, MatrixFile, MatrixRule, RoutedCases
from routing.domain.matrix.house import House
from routing.domain.matrix.matrix_fault import matrix_fault
from routing.domain.matrix.moments import surely_before


def matrix_faults(matrix: MatrixFile, classification: ClassificationFile, house: House) -> list[Fault]:
    """All of them; ``house`` are the people that the staff file knows."""
    return [
        *repeated_ids("areas", [one.area for one in matrix.areas], "area"),
        *repeated_ids("rules", [rule.id for rule in matrix.rules]),
        *repeated_ids("levels", [level.name for level in matrix.levels], "name"),
        *_areas_that_differ(matrix, classification),
        *_unknown_people(matrix, house),
        *_empty_places(matrix, classification),
        *_unknown_conditions(matrix, classification, house),
        *_unreachable_rules(matrix),
        *_levels_out_of_order(matrix),
        *absence_faults(matrix, house),
    ]


def _areas_that_differ(matrix: MatrixFile, classification: ClassificationFile) -> Iterator[Fault]:
    known = [area.id for area in classification.areas]
    for area in known:
        if matrix.area(area) is None:
            yield matrix_fault(("areas",), "no-responder-missing", area=area)
    for n, one in enumerate(matrix.areas):
        yield from _unknown(("areas", n, "area"), one.area, known, "area")
        if one.responder is None:
            yield matrix_fault(("areas", n), "no-responder", area=one.area)
        if one.responder is not None and one.responder == one.deputy:
            yield matrix_fault(("areas", n, "deputy"), "own-deputy", who=one.deputy)
    yield from _unknown(("customer_care",), matrix.customer_care, known, "area")
    for n, rule in enumerate(matrix.rules):
        if rule.area:
            yield from _unknown(("rules", n, "area"), rule.area, known, "area")


def _unknown_people(matrix: MatrixFile, house: House) -> Iterator[Fault]:
    for place, word in _people_named(matrix):
        if word in ROLES and not house.roles.get(word):
            yield matrix_fault(place, "no-such-role", role=word)
        elif word not in (*PLACES, *ROLES) and word not in house.people:
            yield matrix_fault(place, "unknown-member", who=word)


def _people_named(matrix: MatrixFile) -> Iterator[tuple[Place, str]]:
    for n, area in enumerate(matrix.areas):
        for name in PLACES:
            if holder := area.holder(name):
                yield ("areas", n, name.replace("-", "_")), holder
    for n, rule in enumerate(matrix.rules):
        yield ("rules", n, "to"), rule.to
        yield from ((("rules", n, "copies", m), one) for m, one in enumerate(rule.copies))
    for n, level in enumerate(matrix.levels):
        yield from ((("levels", n, "tell", m), one) for m, one in enumerate(level.tell))
    for n, absence in enumerate(matrix.absences):
        yield ("absences", n, "who"), absence.who
        if absence.deputy is not None:
            yield ("absences", n, "deputy"), absence.deputy


def _empty_places(matrix: MatrixFile, classification: ClassificationFile) -> Iterator[Fault]:
    """Rules and levels that tell the head, deputy or process leader of areas which have none."""
    everywhere = [area.id for area in classification.areas]
    for n, rule in enumerate(matrix.rules):
        reached = [rule.area] if rule.area else list(rule.if_.area or everywhere)
        for word in (rule.to, *rule.copies):
            yield from _without(("rules", n), word, reached, matrix)
    for n, level in enumerate(matrix.levels):
        for word in level.tell:
            yield from _without(("levels", n, "tell"), word, level.if_.area or everywhere, matrix)


def _without(place: Place, word: str, reached: Collection[str], matrix: MatrixFile) -> Iterator[Fault]:
    if word not in PLACES[1:]:
        return
    empty = [one.area for one in matrix.areas if one.area in reached and one.holder(word) is None]
    if empty:
        yield matrix_fault(place, "empty-place", who=word, areas=", ".join(empty), key=word.replace("-", "_"))


def _unknown_conditions(matrix: MatrixFile, classification: ClassificationFile, house: House) -> Iterator[Fault]:
    known = {
        "area": [area.id for area in classification.areas],
        "regulator_category": [one.id for one in classification.regulator_categories],
        "branch": sorted(set(house.branches.values())),
    }
    sections: tuple[tuple[str, list[RoutedCases]], ...] = (
        ("rules", [rule.if_ for rule in matrix.rules]),
        ("levels", [level.if_ for level in matrix.levels]),
    )
    for section, conditions in sections:
        for n, condition in enumerate(conditions):
            for name, ids in known.items():
                for m, value in enumerate(getattr(condition, name) or ()):
                    yield from _unknown((section, n, "if", name, m), value, ids, name)


def _unknown(place: Place, value: str, ids: Collection[str], name: str) -> Iterator[Fault]:
    if value not in ids:
        yield matrix_fault(place, "unknown-value", name=name, value=value, choices=", ".join(ids))


def _unreachable_rules(matrix: MatrixFile) -> Iterator[Fault]:
    for n, rule in enumerate(matrix.rules):
        if (earlier := _taken_by(rule, matrix.rules[:n])) is not None:
            yield matrix_fault(("rules", n), "unreachable", rule=rule.id, earlier=earlier.id)


def _taken_by(rule: MatrixRule, before: Collection[MatrixRule]) -> MatrixRule | None:
    return next((earlier for earlier in before if earlier.if_.include(rule.if_)), None)


def _levels_out_of_order(matrix: MatrixFile) -> Iterator[Fault]:
    for n, later in enumerate(matrix.levels):
        before = matrix.levels[:n][::-1]
        if before and later.level <= before[0].level:
            yield matrix_fault(("levels", n, "level"), "level-number", level=later.level, earlier=before[0].level)
            continue
        sooner = next((one for one in before if surely_before(later.when, one.when)), None)
        if sooner is not None:
            yield matrix_fault(("levels", n, "when"), "level-order", level=later.level, earlier=sooner.level)
