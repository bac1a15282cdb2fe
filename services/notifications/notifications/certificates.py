# SPDX-License-Identifier: Apache-2.0
"""The filing certificate (CNF-05) as a PDF/A-2a by typst: the same letter and moment give the same bytes."""

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import cast

import typst

from notifications.domain.letters import Letter
from notifications.wording import Wording


def certificate_name(letter: Letter) -> str:
    return f"certificado-{letter.case_number}.pdf"


def certificate(letter: Letter, wording: Wording, organisation: str, issued_at: datetime) -> bytes:
    """The PDF. Takes some 50 ms of one processor: call it in a thread."""
    data = json.dumps(_contents(letter, wording, organisation, issued_at), ensure_ascii=False)
    return typst.compile(
        (files("notifications") / "letters" / "certificate.typ").read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=["a-2a"],
        timestamp=int(issued_at.timestamp()),
    )


def _contents(letter: Letter, wording: Wording, organisation: str, issued_at: datetime) -> Mapping[str, object]:
    t, values = wording.t, letter.values
    filed = cast("list[Mapping[str, object]]", values["filed"])
    facts = [
        (t("case.number"), letter.case_number),
        (t("certificate.authority"), wording.term("authorities", values["authority"])),
        (t("certificate.request-reference"), values["request_reference"]),
        (t("certificate.request-received"), wording.moment(cast("datetime", values["received_at"]))),
        (t("case.subject"), values["subject"]),
        (t("certificate.reference"), values["reference"]),
        (t("certificate.filed-at"), wording.exact(cast("datetime", values["filed_at"]))),
        (t("certificate.filed-by"), values["filed_by"]),
        (t("certificate.means"), wording.term("means", values["means"])),
        (t("certificate.issued-at"), wording.exact(issued_at)),
    ]
    return {
        "locale": wording.locale,
        "organisation": organisation,
        "title": t("certificate.title"),
        "opening": t("certificate.opening", organisation=organisation),
        "facts": [(name, str(value)) for name, value in facts if value],
        "digest_title": t("certificate.digest-title"),
        "digest_about": t("certificate.digest-about"),
        "digest_label": t("certificate.digest-label"),
        "digest": values["answer_sha256"],
        "files_title": t("certificate.files-title"),
        "file_label": t("certificate.file"),
        "size_label": t("certificate.size"),
        "files": [{**one, "size": wording.size(cast("int", one["size"]))} for one in filed],
        "closing": t("certificate.closing", organisation=organisation),
        "footer": t("certificate.footer", number=letter.case_number, reference=values["reference"]),
    }
