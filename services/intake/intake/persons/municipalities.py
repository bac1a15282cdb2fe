# SPDX-License-Identifier: Apache-2.0
"""The list of municipalities that comes with intake (data/README.md says from where)."""

import csv
from functools import lru_cache
from importlib.resources import files

from intake.domain.municipalities import Municipalities, Municipality


@lru_cache(maxsize=1)
def municipalities() -> Municipalities:
    text = (files("intake") / "data" / "divipola.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return Municipalities(Municipality(row["code"], row["name"], row["department"]) for row in rows)
