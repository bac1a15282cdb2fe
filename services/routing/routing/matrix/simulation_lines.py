# SPDX-License-Identifier: Apache-2.0
"""A simulation as the command line prints it."""

from collections.abc import Iterator, Sequence

from routing.matrix.simulating import Simulation


def simulation_lines(found: Simulation) -> Iterator[str]:
    """What changes, with examples; what stays as it is, in numbers."""
    since, until = (moment.date().isoformat() for moment in (found.received_from, found.received_until))
    yield f"version {found.version} instead of {found.compared_with}, cases received from {since} to {until}"
    yield f"{found.cases} cases looked at in {found.seconds} s{'' if found.complete else '; there are more'}"
    yield f"{found.assigned_otherwise} would have been assigned otherwise, {found.copies_otherwise} with other copies"
    for move in found.moves:
        before, after = f"{move.from_area}/{move.from_responder}", f"{move.to_area}/{move.to_responder}"
        yield f"  {move.cases:>6}  {before} -> {after}{_such_as(move.examples)}"
    yield "cases by responder, before -> after"
    yield from (f"  {one.before:>6} -> {one.after:<6}  {one.id}" for one in found.responders if one.before != one.after)
    yield "escalations by level: same, earlier, later, new, gone, to others"
    for level in found.levels:
        counts = (level.same, level.earlier, level.later, level.new, level.gone, level.to_others)
        said = " ".join(f"{count:>6}" for count in counts)
        yield f"  {said}  {level.level} {level.name}{_such_as(level.examples)}"


def _such_as(examples: Sequence[str]) -> str:
    return f"  (such as {', '.join(examples)})" if examples else ""
