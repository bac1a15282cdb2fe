# SPDX-License-Identifier: Apache-2.0
"""The people of the house, as the escalation matrix needs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ventanilla_contracts.envelope import StaffRef


@dataclass(frozen=True)
class House:
    """``people`` by id; ids by ``roles``; who stands in for whom; the branch of each service point (SQR-05)."""

    people: Mapping[str, StaffRef]
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deputies: Mapping[str, str] = field(default_factory=dict)
    branches: Mapping[str, str] = field(default_factory=dict)
