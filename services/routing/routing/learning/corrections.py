# SPDX-License-Identifier: Apache-2.0
"""What the house's own people decided: examples for the next model, and how the proposals before fared with them.

They are read from the cases when a model is trained; nothing is kept twice, so that what is taken out of a case is gone
from the next model too.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.mongo import Database, translated
from routing.consumers import CASES
from routing.learning.example import Example, asked_text
from ventanilla_contracts.vocabulary import ClassifiedField

_ASKED = {"state.subject": 1, "state.text": 1, "state.classification": 1, "state.emergency": 1, "state.tutela": 1}
_DECIDED = {"state.classification.by_person.0": {"$exists": True}}
_NOT_OF_THE_TEXT: tuple[ClassifiedField, ...] = ("area", "kind", "term", "priority")
"""Where a case cannot wait, these say so, and not what the person wrote of."""


@dataclass
class Fared:
    """What became of a model's proposals of one field, where a person decided it."""

    accepted: int = 0
    corrected: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What was proposed and what the person said, where they differ."""


async def corrections(database: Database) -> list[Example]:
    """One example a case of which a person decided a field, with those fields. Raises Unavailable."""
    with translated():
        rows = await database.collection(CASES).find(_DECIDED, _ASKED).sort("_id", 1).to_list(None)
    examples = (_example(row["state"]) for row in rows)
    return [example for example in examples if example.values]


def _example(state: Mapping[str, Any]) -> Example:
    about = state["classification"]
    cannot_wait = state.get("emergency") or state.get("tutela")
    decided = [name for name in about["by_person"] if not (cannot_wait and name in _NOT_OF_THE_TEXT)]
    return Example(asked_text(state["subject"], state["text"]), {name: about[name] for name in decided}, corrected=True)


async def fared(database: Database) -> dict[tuple[str, ClassifiedField], Fared]:
    """By model and field. Raises Unavailable."""
    found: dict[tuple[str, ClassifiedField], Fared] = {}
    with translated():
        rows = await database.collection(CASES).find(_DECIDED, {"state.classification": 1}).to_list(None)
    for about in (row["state"]["classification"] for row in rows):
        for one in about["proposed"]:
            if one["field"] in about["by_person"]:
                of = found.setdefault((about["model"], one["field"]), Fared())
                _count(of, one["value"], about[one["field"]])
    return found


def _count(of: Fared, proposed: str, decided: str) -> None:
    if proposed == decided:
        of.accepted += 1
    else:
        of.corrected[proposed, decided] += 1
