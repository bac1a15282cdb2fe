# SPDX-License-Identifier: Apache-2.0
"""What a model learns from, and how what was filed is put to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ventanilla_contracts.vocabulary import ClassifiedField


@dataclass(frozen=True)
class Example:
    """A text and what is known to be right about it; what nobody said is left out. ``corrected``: a person said it."""

    text: str
    values: Mapping[ClassifiedField, str]
    corrected: bool = False


def asked_text(subject: str, text: str) -> str:
    """What a model sees of a filing."""
    return f"{subject}\n{text}"
