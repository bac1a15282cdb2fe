# SPDX-License-Identifier: Apache-2.0
"""The certificate of a verbal petition says what was said, the same each time (Decreto 1166 de 2016)."""

from typing import Any

import pytest

from chassis.clock import parse_instant
from intake.domain.case import Case, Filed
from intake.domain.certificate import VerbalCertificate, verbal_certificate
from ventanilla_contracts.vocabulary import Channel

AT = parse_instant("2026-03-02T08:00:00-05:00")


def case(channel: Channel = "phone") -> Case:
    return Case(
        number="CAJA-2026-000001-7",
        tracking_code="7K2M-9QXA-4RTB-C",
        channel=channel,
        received_at=AT,
        registered_at=AT,
        anonymous=False,
        submissions={"s": Filed(outcome="created", received_at=AT)},
    )


def filing(**form: Any) -> dict[str, Any]:
    said = {"person": {"name": "Ana Prueba"}, "subject": "Subsidio", "text": "No llegó.", **form}
    files = [{"name": "recibo.jpg"}]
    actor = {"id": "yuliana", "role": "adviser"}
    return {"received_at": AT, "registered_at": AT, "files": files, "actor": actor, "personal": {"form": said}}


def issued(channel: Channel = "phone", **form: Any) -> VerbalCertificate:
    found = verbal_certificate(case(channel), filing(**form))
    assert found is not None
    return found


def test_it_names_number_moment_person_object_reasons_attachments_and_officer() -> None:
    one = issued(answer_on_spot="Se pagará el viernes.", service_point="punto-centro")
    assert (one.number, one.registered_at, one.person.name) == ("CAJA-2026-000001-7", AT, "Ana Prueba")
    assert (one.subject, one.reasons, one.attachments) == ("Subsidio", "No llegó.", ("recibo.jpg",))
    assert (one.officer, one.service_point, one.answer) == ("yuliana", "punto-centro", "Se pagará el viernes.")


@pytest.mark.parametrize("channel", ["email", "web", "written", "social", "chat", "suggestion-box", "regulator"])
def test_what_nobody_said_aloud_has_none(channel: Channel) -> None:
    assert verbal_certificate(case(channel), filing()) is None


def test_its_digest_is_of_all_that_it_says() -> None:
    digests = [
        issued().digest(),
        issued(text="No llegó").digest(),
        issued(subject="Otro").digest(),
        issued(answer_on_spot="Ya.").digest(),
        issued(person={"name": "Ana Prueva"}).digest(),
        issued("in-person").digest(),
    ]
    assert len(set(digests)) == len(digests)
    assert issued().digest() == digests[0]
