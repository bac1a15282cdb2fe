# SPDX-License-Identifier: Apache-2.0
"""The monthly report as CSV for a spreadsheet."""

from chassis.spreadsheet import spreadsheet
from reporting.shown import Care, CareRow, MonthlyShown, Texts


def monthly_csv(report: MonthlyShown, texts: Texts) -> str:
    """A header, a line per row, and the totals."""
    kinds = list(report.totals.received_by_kind)
    header = [
        *(texts(f"monthly.{name}") for name in ("channel", "area", "service-point", "received")),
        *(texts(f"monthly.kinds.{kind}") for kind in kinds),
        *(texts(f"monthly.{name}") for name in ("answered", "in-time", "closed", "open")),
    ]
    rows = ([*_place(row), *_counts(row)] for row in report.rows)
    return spreadsheet([header, *rows, [texts("monthly.total"), "", "", *_counts(report.totals)]])


def _place(row: CareRow) -> list[str]:
    return [row.channel_name, row.area_name, row.service_point or ""]


def _counts(care: Care) -> list[int]:
    return [
        care.received,
        *care.received_by_kind.values(),
        care.answered,
        care.answered_in_time,
        care.closed,
        care.open_at_end,
    ]
