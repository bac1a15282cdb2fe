# SPDX-License-Identifier: Apache-2.0
"""What is wrong with an escalation matrix that is well formed: people and areas that do not exist, areas without a
responder, rules that no case reaches, levels out of order.
"""

from collections.abc import Collection, Iterator
from itertools import pairwise

from routing.domain.classifying.file import ClassificationFile
from routing.domain.faults import Fault, Place, repeated_ids
from routing.domain.matrix.matrix import PLACES, MatrixFile, MatrixRule, RoutedCases


def matrix_faults(matrix: MatrixFile, classification: ClassificationFile, staff: Collection[str]) -> list[Fault]:
    """All of them; ``staff`` are the ids that the staff file knows."""
    return [
        *repeated_ids("areas", [one.area for one in matrix.areas]),
        *repeated_ids("rules", [rule.id for rule in matrix.rules]),
        *_areas_that_differ(matrix, classification),
        *_unknown_people(matrix, staff),
        *_empty_places(matrix, classification),
        *_unknown_conditions(matrix, classification),
        *_unreachable_rules(matrix),
        *_levels_out_of_order(matrix),
    ]


def _areas_that_differ(matrix: MatrixFile, classification: ClassificationFile) -> Iterator[Fault]:
    known = [area.id for area in classification.areas]
    for area in known:
        if area not in [one.area for one in matrix.areas]:
            yield Fault(("areas",), f"area {area} has no responder", f"add {{area: {area}, responder: …}}")
    for n, one in enumerate(matrix.areas):
        yield from _unknown(("areas", n, "area"), one.area, known, "area")
        if one.responder is None:
            yield Fault(("areas", n), f"area {one.area} has no responder", "write responder: and the id of a member")
    yield from _unknown(("customer_care",), matrix.customer_care, known, "area")
    for n, rule in enumerate(matrix.rules):
        if rule.area:
            yield from _unknown(("rules", n, "area"), rule.area, known, "area")


def _unknown_people(matrix: MatrixFile, staff: Collection[str]) -> Iterator[Fault]:
    for place, word in _people_named(matrix):
        if word not in PLACES and word not in staff:
            yield Fault(place, f"{word} is not in the staff file", "correct the id, or add them to the staff file")


def _people_named(matrix: MatrixFile) -> Iterator[tuple[Place, str]]:
    for n, area in enumerate(matrix.areas):
        for name in PLACES:
            if holder := area.holder(name):
                yield ("areas", n, name), holder
    for n, rule in enumerate(matrix.rules):
        yield ("rules", n, "to"), rule.to
        yield from ((("rules", n, "copies", m), one) for m, one in enumerate(rule.copies))
    for n, level in enumerate(matrix.levels):
        yield from ((("levels", n, "tell", m), one) for m, one in enumerate(level.tell))


def _empty_places(matrix: MatrixFile, classification: ClassificationFile) -> Iterator[Fault]:
    """Rules and levels that tell the head or deputy of areas which have none."""
    everywhere = [area.id for area in classification.areas]
    for n, rule in enumerate(matrix.rules):
        reached = [rule.area] if rule.area else list(rule.if_.area or everywhere)
        for word in (rule.to, *rule.copies):
            yield from _without(("rules", n), word, reached, matrix)
    for n, level in enumerate(matrix.levels):
        for word in level.tell:
            yield from _without(("levels", n, "tell"), word, everywhere, matrix)


def _without(place: Place, word: str, reached: Collection[str], matrix: MatrixFile) -> Iterator[Fault]:
    if word not in ("deputy", "head"):
        return
    empty = [one.area for one in matrix.areas if one.area in reached and one.holder(word) is None]
    if empty:
        names = ", ".join(empty)
        yield Fault(place, f"tells the {word}, and {names} has none", f"write {word}: there, or tell somebody else")


def _unknown_conditions(matrix: MatrixFile, classification: ClassificationFile) -> Iterator[Fault]:
    known = {
        "area": [area.id for area in classification.areas],
        "regulator_category": [one.id for one in classification.regulator_categories],
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
        cure = f"write one of {', '.join(ids)}, or add it to the classification file"
        yield Fault(place, f"{name} {value} does not exist", cure)


def _unreachable_rules(matrix: MatrixFile) -> Iterator[Fault]:
    for n, rule in enumerate(matrix.rules):
        if (earlier := _taken_by(rule, matrix.rules[:n])) is not None:
            yield Fault(
                ("rules", n),
                f"no case reaches {rule.id}: {earlier.id} takes all of them before",
                f"put it before {earlier.id}, or make its conditions different",
            )


def _taken_by(rule: MatrixRule, before: Collection[MatrixRule]) -> MatrixRule | None:
    return next((earlier for earlier in before if earlier.if_.include(rule.if_)), None)


def _levels_out_of_order(matrix: MatrixFile) -> Iterator[Fault]:
    for n, (earlier, later) in enumerate(pairwise(matrix.levels), start=1):
        if later.level <= earlier.level:
            yield Fault(
                ("levels", n, "level"),
                f"level {later.level} stands after level {earlier.level}",
                "number the levels upwards, each number once",
            )
        elif later.order < earlier.order:
            yield Fault(
                ("levels", n, "when"),
                f"level {later.level} would come before level {earlier.level}",
                "give it a later moment, or put it further up with a lower number",
            )
