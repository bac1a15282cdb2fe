# SPDX-License-Identifier: Apache-2.0
"""A case as the conditions of the escalation matrix see it (the fields of RoutedCases)."""

from typing import Protocol

from routing.domain.classifying.classification import Classification
from routing.domain.words import plain
from ventanilla_contracts.intake import Product, Tutela
from ventanilla_contracts.vocabulary import Channel


class Routed(Protocol):
    """What is asked about a case, as it is handled or as it was."""

    @property
    def classification(self) -> Classification | None: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def service_point(self) -> str | None: ...
    @property
    def municipality(self) -> str | None: ...
    @property
    def segment(self) -> str | None: ...
    @property
    def product(self) -> Product | None: ...
    @property
    def product_reference(self) -> str | None: ...
    @property
    def reopenings(self) -> int: ...
    @property
    def tutela(self) -> Tutela | None: ...
    @property
    def from_regulator(self) -> bool: ...


def facts_of_case(case: Routed) -> dict[str, object]:
    """Raises ValueError for a case that is not classified yet."""
    about = case.classification
    if about is None:
        raise ValueError("a case is classified before the matrix is asked")
    product = (case.product.code if case.product else None) or case.product_reference
    return {
        "kind": about.kind,
        "channel": case.channel,
        "area": about.area,
        "priority": about.priority,
        "regulator_category": about.regulator_category,
        "service_point": case.service_point,
        "municipality": case.municipality,
        "segment": plain(case.segment) if case.segment else None,
        "product": plain(product) if product else None,
        "reopening": case.reopenings,
        "regulator": case.from_regulator,
        "legal_support": about.legal_support,
        "tutela": case.tutela is not None,
    }
