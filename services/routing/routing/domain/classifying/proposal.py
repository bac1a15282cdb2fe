# SPDX-License-Identifier: Apache-2.0
"""What a trained model proposes for a filing: by field a value, how sure it is, and the words that spoke for it."""

from dataclasses import dataclass
from typing import get_args

from chassis.decision import Received
from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.intake import CaseFiled
from ventanilla_contracts.vocabulary import ClassifiedField

FIELDS: tuple[ClassifiedField, ...] = get_args(ClassifiedField)


class Guess(Frozen):
    """One value with its confidence (0 to 1) and the words of the text that spoke most for it, the strongest first."""

    value: str
    confidence: float
    words: tuple[str, ...] = ()


class Proposal(Frozen):
    """What the model of this version makes of a filing."""

    model: str
    guesses: dict[ClassifiedField, Guess]


@dataclass(frozen=True, slots=True)
class FiledWithProposal:
    """A case-filed in its turn, and what a model proposes for it; None where none was asked."""

    received: Received[CaseFiled]
    proposal: Proposal | None
