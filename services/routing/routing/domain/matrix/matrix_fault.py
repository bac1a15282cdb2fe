# SPDX-License-Identifier: Apache-2.0
"""The faults of a matrix in words; their codes have the Spanish ones in the catalogue (``matrix.faults``)."""

from collections.abc import Mapping

from chassis.faults import Fault, Place

WORDS: Mapping[str, tuple[str, str]] = {
    "no-responder": ("area {area} has no responder", "write responder: and the id of a member"),
    "no-responder-missing": ("area {area} has no responder", "add {{area: {area}, responder: …}}"),
    "own-deputy": ("{who} would stand in for themselves", "name another deputy, or none"),
    "no-such-role": ("nobody in the staff file has the role {role}", "give it to a member there, or name somebody"),
    "unknown-member": ("{who} is not in the staff file", "correct the id, or add them to the staff file"),
    "empty-place": ("tells the {who}, and {areas} has none", "write {key}: there, or tell somebody else"),
    "unknown-value": (
        "{name} {value} does not exist",
        "write one of {choices}, or add it to the classification file (a branch: to the staff file)",
    ),
    "unreachable": (
        "no case reaches {rule}: {earlier} takes all of them before",
        "put it before {earlier}, or make its conditions different",
    ),
    "level-number": ("level {level} stands after level {earlier}", "number the levels upwards, each number once"),
    "level-order": (
        "level {level} would come before level {earlier}",
        "give it a later moment, or put it further up with a lower number",
    ),
    "absence-backwards": ("{who} would be back before they leave", "write the first day in from and the last in to"),
    "absence-twice": ("{who} is away from {since} already", "make one absence of both"),
    "nobody-there": (
        "on {day} nobody of {area} is there: {who}, and whoever stands in",
        "name another deputy: in the absence, or change its days",
    ),
}
"""What is wrong, and what to do about it."""


def matrix_fault(place: Place, code: str, **values: object) -> Fault:
    """``values`` fill the words."""
    what, cure = WORDS[code]
    said = {name: str(value) for name, value in values.items()}
    return Fault(place, what.format_map(said), cure.format_map(said), code, said)
