# SPDX-License-Identifier: Apache-2.0
"""Whatever is delivered, however often, whoever dies at it: routing's store is that of a clean run."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from routing_story import AGENT, RESPONDER, SERVICE, checked, failed, filed, local, said, sent, staff, unknown, waived

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import settings_for
from chassis.testing.machine import whatever_comes
from chassis.testing.process import wire_without_broker
from chassis.testing.snapshot import Snapshot
from chassis.testing.story import Asked, Day, Heard, Tale
from routing.app import build
from routing.domain.answering.commands import MarkOmbudsman, WidenOmbudsman
from routing.domain.commands import AnswerPerson, Assign, Classify, DeliverDocuments, RequestDocuments
from routing.matrix.store import VERSIONS
from routing.settings import RoutingSettings
from ventanilla_contracts.intake import AnswerFiledWithRegulator
from ventanilla_contracts.notifications import Delivery, DeliveryFailed, DeliverySent, PersonalDelivery

pytestmark = pytest.mark.infra

FILED, NEXT_DAY = local("2026-03-02 10:15"), local("2026-03-03 09:00")
REMINDED, MISSED, FORGOTTEN = local("2026-03-19 08:00"), local("2026-03-25 06:00"), local("2026-05-01 08:00")
OMBUDSMAN = "defensor@defensoria.example"
WISHES: dict[str, Any] = {"request_id": "r-1", "due": local("2026-03-10 00:00").date(), "text": "¿Está el certificado?"}


def answer(n: int, **fields: Any) -> Asked:
    return Asked(AnswerPerson(AGENT, f"a-{n}", "Ya le pagamos.", **fields))


def tales() -> Sequence[Tale]:
    by_mail = (
        Day(FILED, (Heard(filed()), Heard(said()), Asked(Assign(AGENT, "julian-rojas")), answer(1))),
        Day(NEXT_DAY, (Heard(sent("a-1", "2026-03-03 09:00")), Heard(checked()), Heard(said("Gracias")))),
    )
    in_doubt = (
        Day(FILED, (Heard(filed(case_number="CAJA-2026-000002-9")), Asked(RequestDocuments(AGENT, **WISHES)))),
        Day(NEXT_DAY, (Heard(said()), Asked(DeliverDocuments(RESPONDER, "Va.", "r-1")), answer(1))),
        Day(REMINDED, (Heard(failed("a-1", "2026-03-19 08:00")), Heard(said("¿Y?")), answer(2))),
        Day(
            MISSED,
            (Heard(unknown("a-2", "2026-03-25 06:00")), Heard(sent("a-2", "2026-03-25 06:00")), Heard(waived())),
        ),
    )
    forgotten = (
        Day(FILED, (Heard(filed("Petición de información", case_number="CAJA-2026-000003-7")),)),
        Day(REMINDED, (Heard(said("Sigo esperando", "2026-03-19 08:00")),)),
        Day(MISSED, (Heard(said("¿Nadie contesta?", "2026-03-25 06:00")),)),
        Day(FORGOTTEN, (Heard(sent(None, "2026-05-01 08:00", "reminder")), answer(1, delivery="handed-over"))),
    )
    of_the_regulator = (
        Day(FILED, (Heard(filed("Informe", channel="regulator", case_number="CAJA-2026-000004-5")), answer(1))),
        Day(NEXT_DAY, (Heard(filed_with_regulator()), Heard(waived("regulator-request")))),
    )
    long_ago = (
        Day(MISSED, (Heard(filed("Queja", received="2026-02-25 10:00", case_number="CAJA-2026-000005-3")),)),
        Day(FORGOTTEN, (Asked(Classify(AGENT, term="consultation")),)),
    )
    compliment = (
        Day(FILED, (Heard(filed("Felicito a la biblioteca", case_number="CAJA-2026-000006-1")), Heard(said()))),
        Day(NEXT_DAY, (Heard(waived("compliment")),)),
    )
    asked = MarkOmbudsman(AGENT, "DCF-1", FILED.date(), "¿Qué se respondió?", OMBUDSMAN)
    longer = WidenOmbudsman(AGENT, "DCF-1", local("2026-03-20 00:00").date(), "Falta un extracto.")
    of_the_ombudsman = (
        Day(FILED, (Heard(filed(case_number="CAJA-2026-000007-9")), Asked(asked))),
        Day(NEXT_DAY, (Asked(longer), Asked(replace(asked, reference="DCF-2")), Heard(said()))),
        Day(REMINDED, (answer(1, delivery="handed-over"),)),
        Day(MISSED, (Heard(to_ombudsman(DeliveryFailed, failed_at=MISSED, reason="550")), Heard(waived()))),
        Day(FORGOTTEN, (Heard(to_ombudsman(DeliverySent, sent_at=FORGOTTEN)),)),
    )
    told = (by_mail, in_doubt, forgotten, of_the_regulator, long_ago, compliment, of_the_ombudsman)
    return [Tale(f"case-{n}", days) for n, days in enumerate(told, 1)]


def to_ombudsman(event: type[Delivery], **own: Any) -> Delivery:
    """What became of the letter with the answer to them."""
    letter = {"letter_id": "l-9", "kind": "ombudsman-answer", "message_id": "<m@x>", "answer_id": "a-1", "attempt": 1}
    personal = PersonalDelivery(to=(OMBUDSMAN,))
    return event.model_validate({"actor": SERVICE, **letter, "personal": personal, **own})


def filed_with_regulator() -> AnswerFiledWithRegulator:
    return AnswerFiledWithRegulator(actor=AGENT, authority="SSF", reference="1", filed_at=NEXT_DAY, answer_id="a-1")


def alike(found: Snapshot) -> Snapshot:
    """The matrix is read by a process once: the machine empties the store between its runs, and keeps the processes."""
    return {name: rows for name, rows in found.items() if name != f"rows of {VERSIONS}"}


def test_the_state_is_that_of_a_clean_run(tmp_path: Path) -> None:
    members = [member.model_dump(mode="json", exclude_none=True) for member in staff().members]
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": members}), "utf-8")

    def start(database: Database, clock: Path) -> Service[Any]:
        own: dict[str, Any] = {"wire": wire_without_broker(), "tmp_path": tmp_path, "clock_file": clock}
        return build(settings_for(RoutingSettings, database=database, **own))

    whatever_comes(start, tales(), folder=tmp_path, alike=alike)
