# SPDX-License-Identifier: Apache-2.0
"""The invented case once more: stopped, running again, extended, ended without an answer."""

from collections.abc import Mapping

from ventanilla_contracts.vocabulary import LetterKind

_WORDS = {
    "es": "Días hábiles que cuentan: 15, desde el 3 de marzo de 2026 hasta el 8 de abril de 2026; el término empieza "
    "el día siguiente al 2 de marzo de 2026. No cuentan: sábados y domingos (10); del 11 de marzo de 2026 al 24 de "
    "marzo de 2026, 9 días (término interrumpido mientras la persona completa la solicitud).",
    "en": "Business days that count: 15, from 3 March 2026 to 8 April 2026; the term begins on the day after 2 March "
    "2026. Not counted: Saturdays and Sundays (10); from 11 March 2026 to 24 March 2026, 9 days (the term is stopped "
    "while the person completes the request).",
}
_ARTICLE_17 = "Ley 1755 de 2015, art. 17 (CPACA art. 17)"


def clock_values(
    to_the_person: Mapping[str, object], about: Mapping[str, object]
) -> dict[LetterKind, dict[str, object]]:
    """What fills each of these letters."""
    stop = {"since": "2026-03-10", "until": "2026-04-10"}
    to_the_authority = {
        "to_name": "Alcaldía de Manizales",
        "by_mail": True,
        "reasons": "El cobro que menciona es del impuesto predial, que liquida la Secretaría de Hacienda.",
        "source": "Ley 1755 de 2015, art. 21 (CPACA art. 21)",
    }
    return {
        "completion-request": {
            **to_the_person,
            **stop,
            "missing": "El certificado de escolaridad de su hijo mayor para 2026, completo y legible.",
            "source": f"{_ARTICLE_17}; Ley 4 de 1913, art. 62",
        },
        "completion-extended": {**to_the_person, **stop, "until": "2026-05-11"},
        "clock-resumed": {
            **to_the_person,
            "day": "2026-03-24",
            "due": "2026-04-08",
            "reasons": None,
            "in_words": _WORDS,
            "source": "Ley 1755 de 2015, art. 14 (CPACA art. 14)",
        },
        "deadline-extended": {
            **to_the_person,
            "day": "2026-03-24",
            "due": "2026-04-08",
            "reasons": "El banco que administra la tarjeta entrega el extracto el 6 de abril.",
            "in_words": _WORDS,
            "source": "Ley 1755 de 2015, art. 14 (CPACA art. 14)",
        },
        "withdrawal": {
            **to_the_person,
            **stop,
            "signed_by": None,
            "reason": "not-completed",
            "reasons": None,
            "source": _ARTICLE_17,
        },
        "transfer": {
            **to_the_person,
            **to_the_authority,
            "subject": about["subject"],
            "text": about["text"],
            "text_continues": False,
            "person_email": "maria.ospina@correo.example",
        },
        "transfer-notice": {**to_the_person, **to_the_authority},
    }
