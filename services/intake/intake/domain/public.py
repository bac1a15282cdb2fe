# SPDX-License-Identifier: Apache-2.0
"""What whoever is not signed in may not say about a submission: the house relies on it."""

from datetime import datetime, timedelta

from chassis.decision import Refused
from intake.domain.forms import NOBODY, person_refusals
from ventanilla_contracts.intake import Person, SubmissionForm

LONGEST_WAIT = timedelta(hours=24)
"""A form that was written without a connection; earlier dates move a legal term and are for staff."""


def public_refusal(form: SubmissionForm, now: datetime) -> Refused | None:
    """Backdating, a segment, a mark, an order of an authority are for staff and channel systems.

    Who was asked and did not consent has no data kept; a form that does not ask says nothing about it.
    """
    if form.regulator is not None:
        return Refused("staff-only", kind="invalid", field="$.regulator")
    if name := next((one for one in ("emergency", "tutela") if getattr(form, one) is not None), None):
        return Refused("staff-only", kind="invalid", field=f"$.{name}")
    if form.segment is not None:
        return Refused("staff-only", kind="invalid", field="$.segment")
    if form.data_consent is False and form.person != NOBODY:
        return Refused("consent-missing", kind="invalid", field="$.data_consent")
    if form.archive_place is not None:
        return Refused("staff-only", kind="invalid", field="$.archive_place")
    if form.contact_confirmed:
        return Refused("staff-only", kind="invalid", field="$.contact_confirmed")
    if form.received_at is not None and form.received_at < now - LONGEST_WAIT:
        return Refused("received-at-needs-staff", kind="invalid", field="$.received_at")
    return None


def form_page_refusals(form: SubmissionForm) -> list[Refused]:
    """Everything that is to be mended on the public page, so that one sending shows it all.

    It asks for a name, for one way to answer and for consent to keep them (Ley 1581 de 2012, art. 9), or for the choice
    to stay anonymous, which nobody has who asks to belong (CSC-06).
    """
    found: list[Refused] = []
    belongs = form.membership is not None
    if not form.text.strip():
        found.append(Refused("text-missing", kind="invalid", field="$.text"))
    if not form.anonymous:
        found += _missing(form.person, asks_to_belong=belongs)
        found += person_refusals(form.person)
        if not form.data_consent:
            code = "membership-consent-missing" if belongs else "consent-missing"
            found.append(Refused(code, kind="invalid", field="$.data_consent"))
    return found


def _missing(person: Person, *, asks_to_belong: bool) -> list[Refused]:
    found = []
    if not (person.name or "").strip():
        code = "membership-name-missing" if asks_to_belong else "name-missing"
        found.append(Refused(code, kind="invalid", field="$.person.name"))
    if asks_to_belong and not (person.document_number or "").strip():
        found.append(Refused("membership-document-missing", kind="invalid", field="$.person.document_number"))
    if not any((way or "").strip() for way in (person.email, person.phone, person.address)):
        code = "membership-no-way-to-answer" if asks_to_belong else "no-way-to-answer"
        found.append(Refused(code, kind="invalid", field="$.person.email"))
    return found
