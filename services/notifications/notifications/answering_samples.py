# SPDX-License-Identifier: Apache-2.0
"""The invented case once more: asked for documents, drafted and reviewed, answered in part, returned, rejected."""

from collections.abc import Mapping
from datetime import UTC, datetime

from ventanilla_contracts.vocabulary import LetterKind

_ARTICLE_19 = "Ley 1755 de 2015, art. 19 (CPACA art. 19)"


def answering_values(
    to_the_person: Mapping[str, object], about: Mapping[str, object]
) -> dict[LetterKind, dict[str, object]]:
    """What fills each of these letters."""
    documents = {**about, "request_id": "8f0c4a52-4f4f-4b5e-9a43-2f1d5a6c7b10", "request_due": "2026-03-10"}
    ombudsmans = {**about, "reference": "DCF-2026-0815", "ombudsman_due": "2026-03-26"}
    return {
        "partial-answer": {
            **to_the_person,
            "text": "Señora María Fernanda: la cuota de febrero ya fue abonada a su tarjeta.\n\nSobre la de enero "
            "esperamos el extracto del banco.",
        },
        "clarification-request": {
            **to_the_person,
            "unclear": "Nos escribe «lo mismo de la otra vez, para los dos». ¿A qué pago se refiere, y de quiénes?",
            "until": "2026-03-24",
            "source": _ARTICLE_19,
        },
        "rejection": {
            **to_the_person,
            "reason": "repeated",
            "earlier": "CEJ-2026-000398-1",
            "reasons": "El 16 de febrero le explicamos por qué esa cuota no corresponde, y los hechos son los mismos.",
            "source": _ARTICLE_19,
        },
        "ombudsman-answer": {
            "kind": to_the_person["kind"],
            "received_at": to_the_person["received_at"],
            "answered_at": datetime(2026, 3, 12, 21, 44, tzinfo=UTC),
            "references": "DCF-2026-0815",
            "text": "Señora María Fernanda: la cuota de febrero ya fue abonada a su tarjeta. Lamentamos la demora.",
            "signed_by": to_the_person["signed_by"],
        },
        "ombudsman-reminder": {**ombudsmans, "business_days_left": 2},
        "ombudsman-overdue": ombudsmans,
        "review-request": {**about, "asked_by": "Liliana Marcela Henao Duque"},
        "review-result": {
            **about,
            "reviewed_by": "Valentina Uribe",
            "reasons": "Falta citar el artículo del reglamento que fija la fecha de pago.",
        },
        "documents-reminder": {**documents, "business_days_left": 2},
        "documents-overdue": documents,
    }
