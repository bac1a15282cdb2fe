# SPDX-License-Identifier: Apache-2.0
"""What is held waits on the desk until an agent gives it its one final outcome."""

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from intake_house import ADVISER, MAILS, RESPONDER, SECRETARY, Intake, Start, mail, replying_to
from prometheus_client import CollectorRegistry

from chassis.files import files_from
from chassis.i18n import catalogue
from chassis.ids import Signer, new_id
from chassis.testing import SIGNING_KEY, StepClock, Wire, eventually
from chassis.testing.reads import reads
from intake.consumers import CASES
from intake.domain.correspondence import Addresses
from intake.mail.door import MailDoor
from intake.measures import HeldMeasures
from intake.store import Cases
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseFiled, MessageAppended, SubmissionOutcome
from ventanilla_contracts.routing import CaseClosed, CaseReopened

pytestmark = pytest.mark.infra

API = ("api",)
HTML = {"accept": "text/html", **ADVISER}
AWAY_FROM_OFFICE = (MAILS / "out-of-office-unmarked.eml").read_bytes()


async def hold(intake: Intake, raw: bytes = AWAY_FROM_OFFICE) -> str:
    told = await intake.mail(raw)
    assert told["outcome"] == "held", told
    return str(told["submission_id"])


async def hold_unread(intake: Intake, raw: bytes) -> str:
    """As the fetcher holds what it died of."""
    files = files_from(intake.service.runtime.settings.files_url)
    door = MailDoor(files, Signer([SIGNING_KEY]), Addresses(frozenset(), {}), catalogue("intake"))
    command = await door.unread(raw, "unparseable", via="mailbox")
    told = await intake.service.runtime.commands.execute(CASES, "", command)
    assert isinstance(told, dict)
    return str(told["submission_id"])


async def act(intake: Intake, submission: str, what: str, **body: Any) -> httpx.Response:
    """As a good client does: on 503 again, with the same Idempotency-Key."""
    headers = {"idempotency-key": new_id(), **ADVISER}
    while True:
        answer = await intake.http.post(f"/v1/held/{submission}/{what}", json=body, headers=headers)
        if answer.status_code != 503:
            return answer


async def row_of(intake: Intake, submission: str) -> dict[str, Any]:
    row = await intake.database.collection("submission_cases").find_one({"_id": submission})
    assert row is not None
    return row


async def test_a_release_makes_a_case_as_of_when_the_mail_came(start: Start, wire: Wire, step_clock: StepClock) -> None:
    async with start() as intake:
        held = await hold(intake)
        came = (await row_of(intake, held))["received_at"]
        step_clock.set("2026-05-02T10:00:00-05:00")
        answer = await act(intake, held, "release")
        repeated = await intake.mail(AWAY_FROM_OFFICE)
        [case] = await wire.expect("intake-cases", 1)
        outcomes = await wire.expect("intake-outcomes", 3)
        listed = await intake.http.get("/v1/held", headers=ADVISER)
        shown = await intake.http.get(f"/v1/held/{held}", headers=SECRETARY)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["outcome"], told["repeat"], told["submission_id"]) == ("created", False, held)
    assert repeated == {**told, "repeat": True}
    assert isinstance(case.event, CaseFiled)
    assert case.event.received_at == came
    assert case.event.registered_at.month == 5
    assert case.event.personal.person.email == "carlos.gil@empresa.example"
    assert case.event.personal.mail is not None
    assert case.event.actor.id == "yuliana"
    kinds = [(one.envelope.seq, one.event.TYPE, one.event.repeat, one.event.actor.id) for one in outcomes]
    assert kinds == [
        (1, "submission-held.v1", False, "intake"),
        (2, "submission-created.v1", False, "yuliana"),
        (3, "submission-created.v1", True, "intake"),
    ]
    assert listed.json()["items"] == []
    assert shown.json()["decided"]["case_number"] == told["case_number"]
    assert shown.json()["reason"] == "looks-automatic"


async def test_a_release_says_what_the_mail_says_or_what_an_agent_writes_down(start: Start, wire: Wire) -> None:
    """Into a case with its files; of a contact form; of nobody; of bytes that nobody may read again."""
    with_file = re.sub(rb"(?im)^From:.*$", b"From: desconocido", (MAILS / "rfc2231-names.eml").read_bytes())
    async with start(own_mail_addresses="pqrs@caja.example") as intake:
        case = await intake.mail(mail())
        joining, unsaid = await hold(intake, with_file), await hold(intake, b"Subject: Queja\n\nMe quejo.\n")
        form = await hold(intake, (MAILS / "contact-form.eml").read_bytes())
        unread = await hold_unread(intake, b"\xff\x00 nobody reads this")
        shown = await intake.http.get(f"/v1/held/{unread}", headers=ADVISER)
        unknown = await act(intake, joining, "release", case_number="CAJA-2026-000099-9")
        silent = await act(intake, unread, "release")
        wrong = await act(intake, unread, "release", text="Pide su certificado.", person={"email": "ana"})
        joined = await act(intake, joining, "release", case_number=case["case_number"])
        for submission in (unsaid, form):
            assert (await act(intake, submission, "release")).status_code == 200
        person = {"name": "Ana Ríos", "email": "ana@correo.example"}
        await act(intake, unread, "release", text="Pide su certificado.", person=person, subject="Certificado")
        original = await intake.http.get(f"/desk/held/{unread}/original", headers=ADVISER)
        events = {seen.event.submission_id: seen.event for seen in await wire.expect("intake-cases", 5)}
    assert (unknown.status_code, unknown.json()["code"]) == (404, "case-unknown")
    assert (silent.status_code, silent.json()["errors"][0]["field"]) == (422, "$.text")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "$.person.email")
    told = joined.json()
    assert (told["outcome"], told["case_number"], told["tracking_code"]) == ("appended", case["case_number"], None)
    assert isinstance(events[joining], MessageAppended)
    assert events[joining].files
    assert events[unsaid].anonymous
    assert events[form].personal.person.email == "ana.rojas@correo.example"
    assert (shown.json()["readable"], shown.json()["reason"]) == (False, "unparseable")
    typed = events[unread]
    assert (typed.personal.text, typed.personal.subject) == ("Pide su certificado.", "Certificado")
    assert typed.personal.person.email == "ana@correo.example"
    assert [file.name for file in typed.files] == ["mail.eml"]
    assert original.content == b"\xff\x00 nobody reads this"
    assert original.headers["content-disposition"].startswith("attachment")


async def test_what_is_rejected_or_ignored_hears_so_ever_after(start: Start, wire: Wire) -> None:
    reject, other = {"reason": "No es para nosotros."}, AWAY_FROM_OFFICE + b"\nOtra.\n"
    async with start() as intake:
        for raw, what, body, outcome in (
            (AWAY_FROM_OFFICE, "reject", reject, "rejected"),
            (other, "ignore", {}, "ignored"),
        ):
            held = await hold(intake, raw)
            answer = await act(intake, held, what, **body)
            repeated = await intake.mail(raw)
            late = await act(intake, held, "release")
            outcomes = await wire.expect("intake-outcomes", 3, key=held)
            assert answer.status_code == 200, answer.text
            assert (answer.json()["outcome"], answer.json()["repeat"]) == (outcome, False)
            assert (repeated["outcome"], repeated["repeat"]) == (outcome, True)
            assert (late.status_code, late.json()["code"]) == (409, f"held-already-{outcome}")
            assert "yuliana" in late.json()["detail"]
            assert [one.envelope.seq for one in outcomes] == [1, 2, 3]
            assert [one.event.TYPE for one in outcomes[1:]] == [f"submission-{outcome}.v1"] * 2
        await wire.expect("intake-cases", 0)


async def test_of_all_who_decide_at_once_one_wins_and_the_others_hear_what_was_done(start: Start, wire: Wire) -> None:
    """Through two instances, while the mail comes again and again."""
    async with start() as one, start() as two:
        case = await one.insist("Otra cosa.", "another case")
        for n in range(2):
            raw = AWAY_FROM_OFFICE + f"\nNúmero {n}\n".encode()
            held = await hold(one, raw)
            acts = [
                act(one, held, "release"),
                act(two, held, "release"),
                act(two, held, "release", case_number=case["case_number"]),
                act(one, held, "reject", reason="No es para nosotros."),
                act(two, held, "reject", reason="No es para nosotros."),
                act(one, held, "ignore"),
            ]
            repeats = [(one, two)[k % 2].mail(raw) for k in range(4)]
            answers, _ = await asyncio.gather(asyncio.gather(*acts), asyncio.gather(*repeats))
            last = await two.mail(raw)
            outcomes = await wire.expect("intake-outcomes", 7, key=held)
            assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}, [a.text for a in answers]
            [won] = [answer.json() for answer in answers if answer.status_code == 200]
            codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
            assert codes == {f"held-already-{won['outcome']}"}
            assert (last["outcome"], last["case_number"]) == (won["outcome"], won["case_number"])
            _one_final_outcome([seen.event for seen in outcomes], [seen.envelope.seq for seen in outcomes])


def _one_final_outcome(events: list[SubmissionOutcome], seqs: list[int | None]) -> None:
    told = [event for _, event in sorted(zip(seqs, events, strict=True), key=lambda one: one[0] or 0)]
    assert sorted(seq or 0 for seq in seqs) == list(range(1, len(told) + 1))
    [final] = [n for n, event in enumerate(told) if event.TYPE != "submission-held.v1" and not event.repeat]
    assert {event.TYPE for event in told[:final]} == {"submission-held.v1"}
    assert {(event.TYPE, event.repeat) for event in told[final + 1 :]} <= {(told[final].TYPE, True)}


async def test_only_an_agent_decides_once_and_what_waits_is_measured(start: Start, step_clock: StepClock) -> None:
    """A key hears the first answer; what is refused takes no number."""
    async with start(API) as intake:
        held, waiting = await hold(intake), await hold(intake, AWAY_FROM_OFFICE + b"\nOtra.\n")
        release = f"/v1/held/{held}/release"
        nobody = await intake.http.post(release, json={})
        secretary = await intake.http.post(release, json={}, headers=SECRETARY)
        responder = await intake.http.get(f"/v1/held/{held}", headers=RESPONDER)
        unknown = await act(intake, "no-such-submission", "release")
        other = await act(intake, "no-such-submission", "reject", reason="No.")
        filed = await intake.web()
        never_held = await act(intake, filed["submission_id"], "ignore")
        key = {"idempotency-key": "once", **ADVISER}
        first = await intake.http.post(release, json={}, headers=key)
        again = await intake.http.post(release, json={}, headers=key)
        await asyncio.gather(*(act(intake, held, "release") for _ in range(5)))
        last = await intake.web()
        step_clock.set("2026-04-02T10:00:00-05:00")
        registry = CollectorRegistry()
        await HeldMeasures(Cases(intake.database), intake.service.runtime.clock, registry).measure()
        came = (await row_of(intake, waiting))["registered_at"]
    statuses = [one.status_code for one in (nobody, secretary, responder, unknown, other, never_held)]
    assert statuses == [401, 403, 403, 404, 404, 404]
    assert first.status_code == 200
    assert again.json() == first.json()
    numbers = [told["case_number"].split("-")[2] for told in (filed, first.json(), last)]
    assert numbers == ["000001", "000002", "000003"]
    assert registry.get_sample_value("ventanilla_held_submissions") == 1
    waited = datetime.fromisoformat("2026-04-02T10:00:00-05:00") - came
    assert registry.get_sample_value("ventanilla_held_oldest_seconds") == waited.total_seconds() > 86_400


NINE = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
TUTELA = "Acción de tutela 11001310300420260012300, conteste en 48 horas."


async def test_emergencies_then_tutelas_then_the_oldest_are_listed_and_each_is_on_one_page(
    start: Start, step_clock: StepClock
) -> None:
    async with start(API) as intake:
        said = ["Estoy de viaje.", "Vuelvo el lunes.", TUTELA, "Hay una fuga de gas en la sede.", TUTELA, "Adiós."]
        ids = []
        for n, text in enumerate(said):
            raw = AWAY_FROM_OFFICE.replace(b"Estoy en vacaciones hasta el 10 de marzo.", text.encode())
            ids.append(await hold(intake, raw.replace(b"m6b", f"m{n}".encode())))
            step_clock.set(NINE + timedelta(minutes=n))
        pages: list[list[dict[str, Any]]] = []
        cursor: str | None = None
        while cursor is not None or not pages:
            query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
            answer = (await intake.http.get("/v1/held", params=query, headers=ADVISER)).json()
            pages, cursor = [*pages, answer["items"]], answer["next"]
        forged = [
            (await intake.http.get("/v1/held", params={"cursor": one}, headers=ADVISER)).status_code
            for one in ("3-MTc3MjQ2NDUwMDAwMC54", "MTc3MjQ2NDUwMDAwMC54", "0-", "-", "0-é")
        ]
        page = (await intake.http.get("/desk/held", headers=HTML)).text
        async with reads(intake.database) as looked:
            await Cases(intake.database).held(50)
    listed = [one["submission_id"] for items in pages for one in items]
    assert listed == [ids[n] for n in (3, 2, 4, 0, 1, 5)]
    assert [[one["tutela"] for one in items] for items in pages] == [[False, True], [True, False], [False, False]]
    assert forged == [422] * 5
    assert [page.index(one) for one in listed] == sorted(page.index(one) for one in listed)
    assert looked.documents == len(ids)
    assert all("IXSCAN" in plan for plan in looked.plans)


async def test_the_pages_show_what_is_held_and_take_the_acts(start: Start) -> None:
    """Nothing that a stranger sent is rendered as it came; files are downloads whatever they say they are."""
    html = (
        b"From: <b>Eva</b> <nadie>\nSubject: <script>alert(1)</script>\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html; charset=utf-8\n\n"
        b"<p onclick=x>Mi <b>queja</b><script>alert(2)</script><img src=https://rastreo.example/x.png></p>\n--x\n"
        b"Content-Type: text/html\nContent-Disposition: attachment; filename*=utf-8''m%C3%A1s%22.html\n\n"
        b"<script>alert(3)</script>\n--x--\n"
    )
    async with start(API) as intake:
        held = await hold(intake, html)
        page = f"/desk/held/{held}"
        desk = await intake.http.get("/desk", headers=HTML)
        listed = await intake.http.get("/desk/held", headers=HTML)
        one = await intake.http.get(page, headers=HTML)
        cleaned = await intake.http.get(f"{page}/html", headers=HTML)
        original = await intake.http.get(f"{page}/original", headers=HTML)
        file = await intake.http.get(f"{page}/files/1", headers=HTML)
        none = await intake.http.get(f"{page}/files/2", headers=HTML)
        wrong = await intake.http.post(f"{page}/release", data={"case_number": "no", "text": "x"}, headers=HTML)
        silent = await intake.http.post(f"{page}/reject", data={"reason": " "}, headers=HTML)
        done = await intake.http.post(f"{page}/release", data={"email": "eva@correo.example"}, headers=HTML)
        told = await intake.http.get(done.headers["location"], headers=HTML)
        late = await intake.http.post(f"{page}/ignore", headers=HTML)
        after = await intake.http.get(page, headers=HTML)
        row = await row_of(intake, held)
    for shown in (desk, listed, one):
        assert "&lt;script&gt;alert(1)" in shown.text
        assert "<script>alert" not in shown.text
    assert f'href="{page}"' in desk.text
    assert f'href="{page}"' in listed.text
    assert "no dice quién lo envía" in one.text
    assert "<b>queja</b>" in cleaned.text
    assert not re.search(r"script|onclick|rastreo|<img", cleaned.text)
    assert "default-src 'none'" in cleaned.headers["content-security-policy"]
    assert "sandbox" in cleaned.headers["content-security-policy"]
    assert original.content == html
    assert original.headers["content-type"] == file.headers["content-type"] == "application/octet-stream"
    assert file.content.strip() == b"<script>alert(3)</script>"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].startswith('attachment; filename="m')
    assert "filename*=UTF-8''m%C3%A1s" in file.headers["content-disposition"]
    assert none.status_code == 404
    assert (wrong.status_code, silent.status_code) == (422, 422)
    assert 'id="case_number-error"' in wrong.text
    assert 'id="reason-error"' in silent.text
    number = row["decided"]["case_number"]
    assert done.status_code == 303
    assert number in told.text
    assert row["personal"]["form"]["person"]["email"] == "eva@correo.example"
    assert late.status_code == 409
    assert number in late.text
    assert "Lo radicó Yuliana Córdoba" in after.text
    assert "/release" not in after.text


async def test_a_reply_joins_its_case_by_its_senders_address_and_follows_it_up_once_closed(
    start: Start, wire: Wire
) -> None:
    async with start() as intake:
        told = await intake.mail(mail())
        [filed] = await wire.expect("intake-cases", 1)
        headers = f"Delivered-To: {replying_to(filed.key, 'ana@correo.example')}"
        more = mail("Y otra cosa.", message="<dos@correo.example>", headers=headers)
        seen = await intake.mail(more, dry_run="true")
        joined = await intake.mail(more)
        forwarded = await intake.mail(
            mail("Soy otra.", sender="Eva <eva@correo.example>", message="<tres@correo.example>", headers=headers)
        )
        loop = await intake.mail(
            mail("Eco.", sender=replying_to(filed.key, "ana@correo.example"), message="<cuatro@correo.example>")
        )
        closed = CaseClosed(actor=Actor(id="routing", role="service"), reason="check-waived")
        await wire.publish(filed.key, closed, seen={"intake-cases": 1})
        await eventually(lambda: _status(intake, filed.key, "closed"), what="the case closed")
        late = await intake.mail(mail("No quedé conforme.", message="<cinco@correo.example>", headers=headers))
        again = await intake.mail(more)
    assert (seen["outcome"], joined["outcome"], joined["case_number"]) == ("appended", "appended", told["case_number"])
    assert forwarded["outcome"] == "created"
    assert (loop["outcome"], loop["reason"]) == ("ignored", "own-loop")
    assert late["outcome"] == "created"
    assert late["case_number"] != told["case_number"]
    assert again == {**joined, "repeat": True}


async def test_a_reply_to_a_closed_case_opens_it_again_where_the_house_says_so(
    start: Start, wire: Wire, step_clock: StepClock
) -> None:
    def moment(day: int) -> datetime:
        return datetime(2026, 3, day, 9, tzinfo=UTC)

    routing = Actor(id="routing", role="service")
    step_clock.set("2026-03-02T08:00:00-05:00")
    async with start(reply_to_closed="reopen", reopen_within_days=10) as intake:
        told = await intake.mail(mail())
        [filed] = await wire.expect("intake-cases", 1)
        headers = f"Delivered-To: {replying_to(filed.key, 'ana@correo.example')}"
        await wire.publish(
            filed.key, CaseClosed(actor=routing, reason="check-waived"), seen={"intake-cases": 1}, at=moment(2)
        )
        await eventually(lambda: _status(intake, filed.key, "closed"), what="the case closed")
        step_clock.set("2026-03-11T08:00:00-05:00")
        replied = mail("No quedé conforme.", message="<dos@correo.example>", headers=headers)
        seen, joined = await intake.mail(replied, dry_run="true"), await intake.mail(replied)
        _, appended = await wire.expect("intake-cases", 2)
        reopened = CaseReopened(actor=routing, reason="person-replied")
        await wire.publish(filed.key, reopened, seen={"intake-cases": 2})
        await eventually(lambda: _status(intake, filed.key, "in-progress"), what="the case open again")
        shown = await intake.http.post("/v1/track", json={"number": told["case_number"], "code": told["tracking_code"]})
        await wire.publish(
            filed.key, CaseClosed(actor=routing, reason="check-waived"), seen={"intake-cases": 2}, at=moment(11)
        )
        await eventually(lambda: _status(intake, filed.key, "closed"), what="the case closed again")
        step_clock.set("2026-03-22T08:00:00-05:00")
        late = await intake.mail(mail("Otra vez.", message="<tres@correo.example>", headers=headers))
    assert (seen["outcome"], joined["outcome"], joined["case_number"]) == ("appended", "appended", told["case_number"])
    assert isinstance(appended.event, MessageAppended)
    assert appended.event.reopens
    assert "Abrimos de nuevo su caso" in shown.text
    assert late["outcome"] == "created"


async def _status(intake: Intake, case_id: str, status: str) -> bool:
    row = await intake.database.collection("cases").find_one({"_id": case_id})
    return bool(row and row["state"]["progress"]["status"] == status)
