# SPDX-License-Identifier: Apache-2.0
"""The monthly report as CSV (RFC 4180) for a spreadsheet: with a byte order mark, so that accents survive."""

import csv
from io import StringIO

from reporting.shown import Care, CareRow, MonthlyShown, Texts

BYTE_ORDER_MARK = "\ufeff"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def monthly_csv(report: MonthlyShown, texts: Texts) -> str:
    """A header, a line per row, and the totals."""
    out = StringIO()
    writer = csv.writer(out)
    kinds = list(report.totals.received_by_kind)
    writer.writerow(
        [texts(f"monthly.{name}") for name in ("channel", "area", "service-point", "received")]
        + [texts(f"monthly.kinds.{kind}") for kind in kinds]
        + [texts(f"monthly.{name}") for name in ("answered", "in-time", "closed", "open")]
    )
    for row in report.rows:
        writer.writerow([*_place(row), *_counts(row)])
    writer.writerow([texts("monthly.total"), "", "", *_counts(report.totals)])
    return BYTE_ORDER_MARK + out.getvalue()


def _place(row: CareRow) -> list[str]:
    return [_harmless(text) for text in (row.channel_name, row.area_name, row.service_point or "")]


def _counts(care: Care) -> list[int]:
    return [
        care.received,
        *care.received_by_kind.values(),
        care.answered,
        care.answered_in_time,
        care.closed,
        care.open_at_end,
    ]


def _harmless(text: str) -> str:
    """A service point is what somebody typed: a spreadsheet must not run it as a formula."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
