# SPDX-License-Identifier: Apache-2.0
"""What a form must hold, by channel, and how the house writes it down (domain-colombia.md §3)."""

import re

from chassis.decision import Refused
from intake.domain.identity import document, email_address, phone
from intake.domain.products import tidy_product
from intake.domain.texts import readable
from intake.domain.tutelas import checked_tutela
from ventanilla_contracts.intake import Person, SocialProfile, SubmissionForm
from ventanilla_contracts.vocabulary import Channel

ANSWERED_ON_SPOT: frozenset[Channel] = frozenset({"in-person", "phone", "chat"})
"""Where somebody stands before the person who speaks (CNF-02, CHT-03)."""

LONGEST_SPOT_ANSWER = 8_000
NOBODY = Person()
_LINK = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)


def checked_form(channel: Channel, form: SubmissionForm) -> SubmissionForm | Refused:
    """The form with documents, telephone and address as the house keeps them; who gives no data at all is anonymous."""
    form = readable(form)
    if refused := _channel_refusal(channel, form) or _social_refusal(form.social):
        return refused
    person = checked_person(form.person)
    if isinstance(person, Refused):
        return person
    tutela = checked_tutela(form.tutela) if form.tutela else None
    if isinstance(tutela, Refused):
        return tutela
    own = {"person": person, "tutela": tutela, "product": tidy_product(form.product)}
    return form.model_copy(update={**own, "anonymous": form.anonymous or person == NOBODY})


def _channel_refusal(channel: Channel, form: SubmissionForm) -> Refused | None:
    if channel == "email":
        return Refused("mail-is-no-form", kind="invalid", field="$.channel")
    if not form.text.strip():
        return Refused("text-missing", kind="invalid", field="$.text")
    if channel == "regulator" and form.regulator is None:
        return Refused("regulator-missing", kind="invalid", field="$.regulator")
    if form.regulator and not (form.regulator.authority.strip() and form.regulator.reference.strip()):
        return Refused("regulator-missing", kind="invalid", field="$.regulator")
    if form.anonymous and form.person != NOBODY:
        return Refused("anonymous-with-data", kind="invalid", field="$.person")
    return _spot_refusal(channel, form.answer_on_spot)


def _spot_refusal(channel: Channel, answer: str | None) -> Refused | None:
    if answer is None:
        return None
    if channel not in ANSWERED_ON_SPOT:
        return Refused("answered-elsewhere", kind="invalid", field="$.answer_on_spot")
    if not 0 < len(answer.strip()) <= LONGEST_SPOT_ANSWER:
        values = {"longest": LONGEST_SPOT_ANSWER}
        return Refused("spot-answer-length", kind="invalid", field="$.answer_on_spot", values=values)
    return None


def _social_refusal(social: SocialProfile | None) -> Refused | None:
    if social is None:
        return None
    if not social.network.strip():
        return Refused("social-network-missing", kind="invalid", field="$.social.network")
    if social.link and not _LINK.fullmatch(social.link.strip()):
        return Refused("social-link", kind="invalid", field="$.social.link")
    return None


def checked_person(person: Person) -> Person | Refused:
    """Documents without separators, telephones in E.164, domains in lower case; empty texts are absent."""
    person, refusals = _read(person)
    return refusals[0] if refusals else person


def person_refusals(person: Person) -> list[Refused]:
    """All that is wrong with a person's data."""
    return _read(person)[1]


def _read(person: Person) -> tuple[Person, list[Refused]]:
    found: dict[str, str | None] = {name: (value or "").strip() or None for name, value in person.model_dump().items()}
    refusals = []
    for check in (_document, _phone, _email):
        checked = check(person.model_copy(update=found))
        if isinstance(checked, Refused):
            refusals.append(checked)
        else:
            found |= checked
    return person.model_copy(update=found), refusals


def _document(person: Person) -> dict[str, str | None] | Refused:
    if person.document_number is None:
        return {"document_type": None}
    if person.document_type is None:
        return Refused("document-type-missing", kind="invalid", field="$.person.document_type")
    found = document(person.document_type, person.document_number)
    return _in_person(found) if isinstance(found, Refused) else {"document_number": found.number}


def _phone(person: Person) -> dict[str, str | None] | Refused:
    if person.phone is None:
        return {}
    found = phone(person.phone)
    return _in_person(found) if isinstance(found, Refused) else {"phone": found.e164}


def _email(person: Person) -> dict[str, str | None] | Refused:
    if person.email is None:
        return {}
    found = email_address(person.email)
    return _in_person(found) if isinstance(found, Refused) else {"email": found}


def _in_person(refused: Refused) -> Refused:
    return Refused(refused.code, kind="invalid", field=f"$.person.{refused.field}", values=refused.values)
