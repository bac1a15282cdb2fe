# SPDX-License-Identifier: Apache-2.0
"""An invented case and its letters, so that templates can be looked at before they go out."""

from collections.abc import Mapping
from datetime import UTC, datetime

from notifications.answering_samples import answering_values
from notifications.clock_samples import clock_values
from notifications.domain.letters import TO_THE_PERSON, Letter, Recipient, Thread
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.vocabulary import LetterKind

_CASE_ID = "4d39c13f-3e55-5959-9d6f-c143aaa6b05f"
_RECEIVED = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)
_FILE = FileRef(
    sha256="0c92f40e98364406921bbcd5dd916fec7cd53c1fdaa42245f6c9b48d3791a373",
    name="certificado-escolaridad-2026.pdf",
    type="application/pdf",
    size=184_320,
)
_ANSWER = FileRef(
    sha256="ccc0ef3d05ef3aab83030678d8f555621d2721ad91e0f2068a35c9d97d4e03eb",
    name="respuesta-SSF-2-2026-004518.pdf",
    type="application/pdf",
    size=96_256,
)
_ABOUT: Mapping[str, object] = {
    "kind": "claim",
    "priority": "normal",
    "tutela": False,
    "channel": "email",
    "area_name": "Subsidio familiar",
    "person": "María Fernanda Ospina Giraldo",
    "anonymous": False,
    "received_at": _RECEIVED,
    "due": "2026-03-24",
    "subject": "Reclamo: no me pagaron la cuota monetaria de febrero",
    "text": "Buenos días.\n\nTenemos dos hijos afiliados, de 4 y 7 años. La cuota monetaria de febrero no llegó a la "
    "tarjeta y en la línea me dijeron que falta el certificado de escolaridad del mayor, pero yo lo entregué en "
    "enero en la sede de Chipre. Lo adjunto otra vez.\n\nMuchas gracias,\nMaría Fernanda Ospina Giraldo",
    "text_continues": False,
    "authority": None,
    "authority_reference": None,
    "product_reference": None,
    "responder": "Carlos Andrés Vélez Toro",
    "observation": None,
}
_TO_THE_PERSON: Mapping[str, object] = {
    "person": "María Fernanda Ospina Giraldo",
    "kind": "claim",
    "received_at": _RECEIVED,
    "signed_by": "Liliana Marcela Henao Duque",
}
_VALUES: Mapping[LetterKind, Mapping[str, object]] = {
    "acknowledgement": {
        "person": "María Fernanda Ospina Giraldo",
        "kind": "claim",
        "received_at": _RECEIVED,
        "code": "XZQZ-8G2H-TRWX-E",
        "subject": "Reclamo: no me pagaron la cuota monetaria de febrero",
        "files": 1,
        "solved_at": None,
        "solution": None,
    },
    "assignment": _ABOUT,
    "copy": {
        **_ABOUT,
        "channel": "regulator",
        "authority": "SSF",
        "authority_reference": "SSF-2-2026-004518",
        "observation": "Solicitud de la Superintendencia: copia a atención al cliente.",
    },
    "documents-request": {
        **_ABOUT,
        "request": "Carlos Andrés: por favor confirme si el certificado de escolaridad está radicado, por qué no se "
        "pagó febrero y cuándo se paga.",
        "request_due": "2026-03-10",
        "asked_by": "Liliana Marcela Henao Duque",
    },
    "reminder": {**_ABOUT, "business_days_left": 2},
    "stop-waiting": {
        **_ABOUT,
        "due": None,
        "step": "reminder",
        "why": "person-replied",
        "since": datetime(2026, 3, 24, 21, 0, tzinfo=UTC),
        "days_left": 9,
    },
    "escalation": {
        **_ABOUT,
        "level": 2,
        "level_name": "Jefatura del área",
        "from_name": "Carlos Andrés Vélez Toro",
        "why": "deadline-missed",
        "missed": True,
    },
    "compliment-notice": {
        **_ABOUT,
        "kind": "compliment",
        "channel": "suggestion-box",
        "area_name": "Biblioteca",
        "person": "Rosa Elvira Muñoz A.",
        "subject": "Felicitación a la biblioteca de Villamaría",
        "text": "Felicito a la señorita de la biblioteca de Villamaría por la paciencia con los niños en la hora del "
        "cuento. Dios la bendiga.",
    },
    "reopening": {
        **_ABOUT,
        "why": "person-replied",
        "reopened_at": datetime(2026, 3, 4, 13, 0, 19, tzinfo=UTC),
        "missed": False,
    },
    "membership-incomplete": {
        "person": "Óscar Iván Marulanda Ríos",
        "received_at": _RECEIVED,
        "owed": [
            {"name": "Certificado laboral", "why": "missing", "reason": ""},
            {
                "name": "Documento de identidad por ambos lados",
                "why": "refused",
                "reason": "la foto del reverso está borrosa; envíela de nuevo con buena luz.",
            },
        ],
    },
    "answer": {
        "person": "María Fernanda Ospina Giraldo",
        "kind": "claim",
        "received_at": _RECEIVED,
        "text": "Señora María Fernanda: usted tiene razón. El certificado de escolaridad que entregó en enero quedó "
        "asociado por error al documento de su hijo menor.\n\nYa lo corregimos y el 11 de marzo abonaremos a su "
        "tarjeta las cuotas monetarias de enero y febrero. Lamentamos las molestias.",
        "signed_by": "Liliana Marcela Henao Duque",
    },
    "filing-certificate": {
        "authority": "SSF",
        "reference": "RAD-1-2026-009902",
        "request_reference": "SSF-2-2026-004518",
        "subject": "Traslado por competencia SSF-2-2026-004518",
        "received_at": datetime(2026, 3, 4, 13, 0, 19, tzinfo=UTC),
        "filed_at": datetime(2026, 3, 12, 21, 44, tzinfo=UTC),
        "filed_by": "Liliana Marcela Henao Duque",
        "means": "desk-upload",
        "answer_id": "74bdeb42-f185-572c-a375-61db83990965",
        "answer_sha256": "f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2",
        "filed": [{"name": _ANSWER.name, "size": _ANSWER.size, "sha256": _ANSWER.sha256}],
    },
    **clock_values(_TO_THE_PERSON, _ABOUT),
    **answering_values(_TO_THE_PERSON, _ABOUT),
}
_WITH_THE_PERSONS_FILE = ("assignment", "copy", "documents-request", "escalation", "reopening", "transfer")


def sample(kind: LetterKind) -> Letter:
    """A letter of this kind about the invented case."""
    person = Recipient(address="maria.ospina@correo.example", name="María Fernanda Ospina Giraldo")
    staff = Recipient(address="carlos.velez@caja.example", name="Carlos Andrés Vélez Toro")
    ombudsman = Recipient(address="defensor@defensoria.example")
    mail = "<20260302101455@correo.example>"
    return Letter(
        id="0af65167-56e5-5959-86e4-9a01269fae00",
        case_id=_CASE_ID,
        case_number="CEJ-2026-000412-2",
        kind=kind,
        message_id=f"<{_CASE_ID}.{kind}.1.muestramuestramuestra@caja.example>",
        to=(person if kind in TO_THE_PERSON else ombudsman if kind == "ombudsman-answer" else staff,),
        values=_VALUES[kind],
        files=(_FILE,) if kind in _WITH_THE_PERSONS_FILE else (),
        thread=Thread(in_reply_to=mail, references=(mail,), subject="no me pagaron") if kind == "answer" else None,
        caused_by="00000000-0000-0000-0000-000000000000",
        caused_at=_RECEIVED,
        written_at=_RECEIVED,
        state="pending",
    )
