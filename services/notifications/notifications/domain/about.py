# SPDX-License-Identifier: Apache-2.0
"""What every letter to staff says of its case."""

from notifications.domain.case import Case


def about(case: Case) -> dict[str, object]:
    """What every letter to staff says of the case."""
    return {
        "kind": case.kind,
        "priority": case.priority,
        "tutela": case.tutela,
        "channel": case.channel,
        "area_name": case.assignment.area_name if case.assignment else None,
        "person": None if case.anonymous else case.person_name,
        "anonymous": case.anonymous,
        "received_at": case.received_at,
        "due": case.until,
        "subject": case.subject,
        "text": case.text,
        "text_continues": case.full_text is not None,
        "authority": case.regulator.authority if case.regulator else None,
        "authority_reference": case.regulator.reference if case.regulator else None,
        "product_reference": _product(case),
    }


def _product(case: Case) -> str | None:
    """What it is called, and which piece it is (SQR-04)."""
    product = case.product
    said = (case.product_reference, *((product.code, product.lot, product.serial) if product else ()))
    return " · ".join(one for one in said if one) or None
