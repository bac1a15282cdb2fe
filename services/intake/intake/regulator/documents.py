# SPDX-License-Identifier: Apache-2.0
"""Texts as the documents that the platform takes (PDF/A-2a by typst; the same text and moment give the same bytes)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

import typst

from chassis.i18n import Catalogue


@dataclass(frozen=True)
class Documents:
    """Each takes some 50 ms of one processor: call it in a thread."""

    catalogue: Catalogue
    organisation: str

    def final_answer(self, number: str, code: str, text: str, at: datetime) -> bytes:
        return self._written("answer", number, code, text, at)

    def whole_complaint(self, number: str, code: str, text: str, at: datetime) -> bytes:
        """Where the platform takes only the start of it."""
        return self._written("complaint", number, code, text, at)

    def _written(self, what: str, number: str, code: str, text: str, at: datetime) -> bytes:
        t = self.catalogue.t
        data = {
            "title": t(f"regulator.documents.{what}"),
            "organisation": self.organisation,
            "number": number,
            "facts": [(t("regulator.documents.number"), number), (t("regulator.code"), code)],
            "paragraphs": _paragraphs(text),
        }
        return typst.compile(
            (files("intake") / "data" / "final_answer.typ").read_bytes(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2a"],
            timestamp=int(at.timestamp()),
        )


def _paragraphs(text: str) -> Sequence[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
