# SPDX-License-Identifier: Apache-2.0
"""What is not as it was when an earlier answer was given: whoever takes it looks at that first (CSC-04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

What = Literal["kind", "area", "attribute", "regulator_category", "term", "product", "age"]
CLASSIFIED: tuple[Literal["kind", "area", "attribute", "regulator_category", "term"], ...] = (
    "kind",
    "area",
    "attribute",
    "regulator_category",
    "term",
)
OLD = timedelta(days=365)
"""Then prices, forms and rules may have changed."""


@dataclass(frozen=True)
class Difference:
    """``then`` and ``now`` are codes of the classification; empty where the words of ``what`` say it all."""

    what: What
    then: str = ""
    now: str = ""


def differences(
    then: Mapping[str, Any], now: Mapping[str, Any], answered_at: datetime, at: datetime
) -> tuple[Difference, ...]:
    """Between two cases' states: what they are about, which product, and whether it is long ago.

    Numbers of products are not named: they tell whose case it was.
    """
    was, is_now = then.get("classification") or {}, now.get("classification") or {}
    found = [
        Difference(name, str(was.get(name, "")), str(is_now.get(name, "")))
        for name in CLASSIFIED
        if was.get(name) != is_now.get(name)
    ]
    if _product(then) != _product(now):
        found.append(Difference("product"))
    if at - answered_at > OLD:
        found.append(Difference("age"))
    return tuple(found)


def _product(state: Mapping[str, Any]) -> str | None:
    """What kind of product it is about: what the producer calls it, else whether there is one at all."""
    code = (state.get("product") or {}).get("code")
    return str(code) if code else ("" if state.get("product_reference") else None)
