# SPDX-License-Identifier: Apache-2.0
"""Which piece a case is about, so that a return can be traced to its claim (SQR-04)."""

import re
import unicodedata

from intake.domain.texts import one_line
from ventanilla_contracts.intake import Product, SubmissionForm

SHORTEST_KEY = 3
LONGEST_KEY = 60
_MARKS = re.compile("[\u0300-\u036f]+")
_SIGNS = re.compile(r"[^0-9A-Z]+")


def product_key(written: str) -> str:
    """A code, lot or serial number however it is written.

    >>> product_key(" Lote l-2026/03 b ")
    'LOTEL202603B'
    """
    return _SIGNS.sub("", _MARKS.sub("", unicodedata.normalize("NFKD", written)).upper())[:LONGEST_KEY]


def product_keys(form: SubmissionForm) -> tuple[str, ...]:
    """By what the case may be found; what is too short finds too much."""
    product = form.product or Product()
    written = (product.code, product.lot, product.serial, form.product_reference)
    keys = dict.fromkeys(product_key(one) for one in written if one)
    return tuple(key for key in keys if len(key) >= SHORTEST_KEY)


def tidy_product(product: Product | None) -> Product | None:
    """In one line each; None where nothing is said."""
    if product is None:
        return None
    said = {name: one_line(value or "") or None for name, value in product.model_dump().items()}
    tidy = Product.model_validate(said)
    return tidy if tidy != Product() else None
