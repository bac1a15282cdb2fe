# SPDX-License-Identifier: Apache-2.0
"""The sample day is what `make run` promises: every channel, every kind, dates that the house takes."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from ventanilla_contracts.vocabulary import Channel, Kind
from ventanilla_local.doors import Filed
from ventanilla_local.letters import mail, pdf
from ventanilla_local.pace import ZONE
from ventanilla_local.run import TO_ANSWER, TO_FOLLOW
from ventanilla_local.sample import EARLIEST_DAYS, LATEST_DAYS, Answer, Call, Sample, days_ago, sample_day
from ventanilla_local.sample_day import Ledger, external_id_of

DAY = sample_day()
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_every_channel_and_every_kind_is_there() -> None:
    assert {sample.channel for sample in DAY} == set(get_args(Channel))
    assert {sample.kind for sample in DAY} == set(get_args(Kind))


def test_each_has_a_name_of_its_own() -> None:
    assert len({sample.name for sample in DAY}) == len(DAY)


def test_mail_comes_by_api_and_by_mailbox_and_forms_come_with_files_and_without_a_name() -> None:
    assert {sample.through for sample in DAY if sample.channel == "email"} == {"api", "mailbox"}
    assert any(sample.attachment for sample in DAY if sample.channel == "email")
    assert {bool(sample.attachment) for sample in DAY if sample.channel == "web"} == {True, False}
    assert any(sample.form.anonymous for sample in DAY if sample.channel == "web")
    assert any(sample.form.answer_on_spot for sample in DAY if sample.channel == "in-person")


def test_something_is_near_its_deadline_something_late_and_something_to_call_about() -> None:
    received = [sample.received for sample in DAY]
    assert "near-deadline" in received
    assert LATEST_DAYS in received
    answered = [sample for sample in DAY if any(isinstance(act, Answer) for act in sample.acts)]
    assert any(sample.form.person.phone and sample.kind in ("complaint", "claim") for sample in answered)
    assert any(isinstance(act, Call) for sample in DAY for act in sample.acts)


def test_what_the_guide_points_to_has_a_code_and_can_be_answered_and_called() -> None:
    by_name = {sample.name: sample for sample in DAY}
    assert by_name[TO_FOLLOW].through == "api"
    person = by_name[TO_ANSWER].form.person
    assert person.email
    assert person.phone
    assert by_name[TO_ANSWER].kind in ("complaint", "claim")
    assert not by_name[TO_ANSWER].acts


def test_only_forms_on_paper_and_messages_written_down_later_carry_a_date_of_their_own() -> None:
    dated = {sample.channel for sample in DAY if sample.received}
    assert dated <= {"in-person", "written", "suggestion-box", "social"}


@pytest.mark.parametrize("weekday", range(7))
def test_a_date_of_its_own_is_past_no_sunday_and_not_so_old_that_a_reason_is_asked(weekday: int) -> None:
    now = NOW + timedelta(days=weekday)
    for days in range(EARLIEST_DAYS, LATEST_DAYS + 1):
        received_at = days_ago(days, now)
        assert timedelta(days=EARLIEST_DAYS - 2) < now - received_at < timedelta(days=30)
        assert received_at.astimezone(ZONE).strftime("%A") != "Sunday"


@pytest.mark.parametrize("days", [EARLIEST_DAYS - 1, LATEST_DAYS + 1])
def test_a_sample_of_another_age_is_refused(days: int) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({**DAY[0].model_dump(), "received": days})


def test_a_mail_is_what_a_mail_program_would_send() -> None:
    raw = mail(DAY[0], "servicio@caja.example", "<1@correo.example>", NOW)
    assert raw.isascii()
    message = message_from_bytes(raw, policy=default)
    assert message["Subject"] == DAY[0].form.subject
    assert message["From"].addresses[0].addr_spec == DAY[0].form.person.email
    attachment = next(iter(message.iter_attachments()))
    assert DAY[0].attachment
    assert attachment.get_filename() == DAY[0].attachment.name
    assert attachment.get_content() == pdf(DAY[0].attachment.title)


@pytest.mark.parametrize("sample", [one for one in DAY if one.channel == "email"], ids=lambda one: one.name)
def test_a_mail_is_the_same_bytes_at_every_attempt(sample: Sample) -> None:
    assert mail(sample, "a@caja.example", "<1@x>", NOW) == mail(sample, "a@caja.example", "<1@x>", NOW)


def test_a_pdf_points_to_its_objects() -> None:
    content = pdf("Recibo (copia)")
    table = int(content.rpartition(b"startxref\n")[2].split()[0])
    assert content[table:].startswith(b"xref")
    for number, line in enumerate(content[table:].splitlines()[3:8], 1):
        assert content[int(line[:10]) :].startswith(b"%d 0 obj" % number)


def test_the_day_is_filed_once_and_again_only_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "days.json"
    day = Ledger(file).to_file(NOW, again=False)
    assert day
    broken_off = Ledger(file).to_file(NOW + timedelta(hours=1), again=False)
    assert broken_off == day
    ledger = Ledger(file)
    ledger.days[-1].complete = True
    ledger.days[-1].cases["a"] = Filed("CAJA-2026-000001-7", "code")
    ledger.keep()
    assert Ledger(file).to_file(NOW, again=False) is None
    assert Ledger(file).days[-1].cases["a"].code == "code"
    another = Ledger(file).to_file(NOW, again=True)
    assert another
    assert another.name != day.name
    assert external_id_of(another, DAY[0]) != external_id_of(day, DAY[0])
