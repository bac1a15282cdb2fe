# SPDX-License-Identifier: Apache-2.0
"""Rows as CSV (RFC 4180) for a spreadsheet: with a byte order mark, so that accents survive, and harmless."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet(rows: Iterable[Sequence[object]]) -> str:
    """The first row is the header. What people typed must not be run as a formula (CWE-1236)."""
    out = StringIO()
    csv.writer(out).writerows([_harmless(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + out.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS_A_FORMULA) else cell
