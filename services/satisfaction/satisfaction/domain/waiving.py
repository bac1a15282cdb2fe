# SPDX-License-Identifier: Apache-2.0
"""Who is called and who is not (CNF-11). Without a telephone in the case somebody looks it up: all are called."""

from collections.abc import Set as AbstractSet
from typing import Literal

from satisfaction.domain.check import Check
from ventanilla_contracts.vocabulary import WaiverReason

NeverCalled = Literal["petition", "request", "suggestion", "compliment"]


def waiver_reason(check: Check) -> WaiverReason | None:
    """Why nobody calls about an answered case; None if somebody should. Raises ValueError if it has no kind."""
    if check.from_regulator:
        return "regulator-request"
    kind_reason = _never_called(check)
    if kind_reason:
        return kind_reason
    return "anonymous" if check.anonymous else None


def is_sampled(check: Check, subsidy_areas: AbstractSet[str]) -> bool:
    """Subsidy claims are many: of these a monthly sample is called."""
    return check.kind == "claim" and check.area in subsidy_areas


def _never_called(check: Check) -> NeverCalled | None:
    match check.kind:
        case "complaint" | "claim":
            return None
        case "petition" | "request" | "suggestion" | "compliment" as kind:
            return kind
        case None:
            raise ValueError("the case was answered before it was classified")
