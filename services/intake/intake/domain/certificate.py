# SPDX-License-Identifier: Apache-2.0
"""The certificate of a verbal petition (Decreto 1166 de 2016; domain-colombia.md §1.9).

It says what was said when it was received, from the row that is kept of it for ever: the same each time.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from intake.domain.case import Case
from ventanilla_contracts.envelope import Frozen, Instant
from ventanilla_contracts.intake import Person
from ventanilla_contracts.vocabulary import Channel, Kind

VERBAL: frozenset[Channel] = frozenset({"phone", "in-person"})
"""Where somebody speaks and an officer writes it down."""

CERTIFICATE_PURPOSE = "verbal-certificate"


class VerbalCertificate(Frozen):
    """``officer``: id of the member of staff who received it; ``answer``: what was answered on the spot (CNF-02)."""

    number: str
    channel: Channel
    received_at: Instant
    registered_at: Instant
    person: Person
    municipality: str | None
    anonymous: bool
    kind: Kind | None
    subject: str
    reasons: str
    attachments: tuple[str, ...]
    officer: str
    service_point: str | None
    answer: str | None

    def digest(self) -> str:
        """SHA-256 (hex) of all that it says, whatever the language it is shown in."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def verbal_certificate(case: Case, filing: Mapping[str, Any]) -> VerbalCertificate | None:
    """From a case and the row of the submission that made it; None for what nobody said aloud."""
    if case.channel not in VERBAL:
        return None
    form = filing["personal"]["form"]
    return VerbalCertificate(
        number=case.number,
        channel=case.channel,
        received_at=filing["received_at"],
        registered_at=filing["registered_at"],
        person=Person.model_validate(form.get("person", {})),
        municipality=form.get("municipality"),
        anonymous=case.anonymous,
        kind=form.get("kind"),
        subject=form.get("subject", ""),
        reasons=form["text"],
        attachments=tuple(file["name"] for file in filing["files"]),
        officer=filing["actor"]["id"],
        service_point=form.get("service_point"),
        answer=form.get("answer_on_spot"),
    )
