# SPDX-License-Identifier: Apache-2.0
"""A case as the conditions of the escalation matrix see it (the fields of RoutedCases)."""

from routing.domain.case import Case


def facts_of_case(case: Case) -> dict[str, object]:
    """Raises ValueError for a case that is not classified yet."""
    about = case.classification
    if about is None:
        raise ValueError("a case is classified before the matrix is asked")
    return {
        "kind": about.kind,
        "channel": case.channel,
        "area": about.area,
        "priority": about.priority,
        "regulator_category": about.regulator_category,
        "service_point": case.service_point,
        "regulator": case.from_regulator,
        "legal_support": about.legal_support,
        "tutela": case.tutela is not None,
    }
