# SPDX-License-Identifier: Apache-2.0
"""`python -m intake mails` says nothing where all is well, and names what is not."""

from pathlib import Path
from typing import Any

import pytest
from intake_house import ADVISER, ByHand, Start, mail

from chassis.inputs import Input
from chassis.mongo import Database
from chassis.testing.process import Process
from intake.consumers import CASES
from intake.mail.check import MailsCheck, Tally, misplaced, table
from intake.mail.door import MailDoor
from intake.mail.fetching import Position
from intake.mail.imap import Listed, Listing

pytestmark = pytest.mark.infra


class Mailbox:
    """As a server keeps it: UIDs from 1."""

    def __init__(self, *raws: bytes) -> None:
        self.raws = raws

    def behind(self, validity: int | None, last_uid: int, most: int) -> Listing:
        return Listing(
            7, [Listed(uid, len(raw), None) for uid, raw in enumerate(self.raws, 1) if uid > last_uid][:most]
        )

    def bytes_of(self, one: Listed, _: int) -> bytes | None:
        return self.raws[one.uid - 1] or None


class Filed:
    """A process by hand, mails filed by it, and the check."""

    def __init__(self, process: Process) -> None:
        resolver = process.runtime.processor._hooks.resolve
        self.door: MailDoor = resolver.mail_door  # type: ignore[union-attr]
        self.process = process
        self.check = MailsCheck(process.runtime.database, resolver.files, self.door)  # type: ignore[union-attr]

    async def file(self, raw: bytes, via: str = "smtp") -> None:
        item = Input(CASES, "", message=await self.door.taken(raw, via=via))
        await self.process.runtime.processor.process([item])


@pytest.fixture
async def filed(by_hand: ByHand) -> Filed:
    found = Filed(await by_hand())
    await found.file(mail())
    await found.file(mail("otro", message="<otro@correo.example>"), "lmtp")
    await found.file(
        mail("automático", message="<auto@correo.example>", headers="Auto-Submitted: auto-replied"), "lmtp"
    )
    await found.file(mail("anónimo", message="<nadie@correo.example>", sender=""), "lmtp")
    return found


async def test_what_came_in_by_each_way_has_its_outcomes_and_each_mail_of_a_mailbox_is_looked_for(filed: Filed) -> None:
    lmtp, smtp = await filed.check.stored()
    assert (smtp.via, smtp.came, dict(smtp.outcomes), smtp.wrong) == ("smtp", 1, {"created": 1}, [])
    assert (lmtp.came, dict(lmtp.outcomes), lmtp.wrong) == (3, {"created": 1, "ignored": 1, "held": 1}, [])
    waits = mail("nuevo", message="<nuevo@correo.example>")
    box = Mailbox(mail(), b"", mail("otro", message="<otro@correo.example>"), waits)
    tally = await filed.check.mailbox("pqrs", box, Position(7, 3), 1_000_000, 100)
    assert (tally.came, tally.waiting, tally.wrong) == (4, 1, [])
    assert dict(tally.outcomes) == {"created": 2, "deleted": 1}


async def test_whatever_is_lost_is_named(filed: Filed, database: Database, tmp_path: Path) -> None:
    """A mail that was passed and never filed, bytes, what was set aside, a case: one after the other."""
    box = Mailbox(mail(), mail("perdido", message="<perdido@correo.example>"))
    tally = await filed.check.mailbox("pqrs", box, Position(7, 2), 1_000_000, 100)
    assert tally.wrong == ["UID 2: passed, and never filed"]
    anew = await filed.check.mailbox("pqrs", box, Position(6, 2), 1_000_000, 100)
    assert (anew.waiting, anew.wrong) == (2, [])
    for path in (tmp_path / "files").glob("??/??/*"):
        path.unlink()
    assert await _wrong(filed) == ["its bytes are not in the file store"] * 4
    await database.collection("submissions").delete_many({"state.outcome": "held"})
    assert "held, but nothing was set aside" in await _wrong(filed)
    await database.collection("cases").delete_many({})
    assert (await _wrong(filed)).count("created, but its case says nothing") == 2


async def test_what_agents_do_with_mails_since_agrees_too(start: Start) -> None:
    """One held was filed, and a second matter became a case: that is no mail that came in."""
    async with start(("api",)) as intake:
        case = await intake.mail(mail("La cuota, y además el parqueadero."))
        held = await intake.mail(mail("anónimo", message="<nadie@correo.example>", sender=""))
        split = {"subject": "Parqueadero", "text": "No hay cupo.", "files": [], "reason": "Dos asuntos"}
        released = {"person": {"name": "Ana Ríos", "email": "ana@correo.example"}}
        asked = [(f"cases/{case['case_number']}/split", split), (f"held/{held['submission_id']}/release", released)]
        for path, body in asked:
            answer = await intake.http.post(f"/v1/{path}", json=body, headers=ADVISER)
            assert answer.status_code == 200, answer.text
        runtime = intake.service.runtime
        resolver: Any = runtime.processor._hooks.resolve
        [tally] = await MailsCheck(runtime.database, resolver.files, resolver.mail_door).stored()
    assert (tally.via, tally.came, dict(tally.outcomes), tally.wrong) == ("http", 2, {"created": 2}, [])


async def _wrong(filed: Filed) -> list[str]:
    return [line.split(": ", 1)[1] for tally in await filed.check.stored() for line in tally.wrong]


@pytest.mark.parametrize(
    ("row", "cases", "aside", "right"),
    [
        ({"outcome": "appended", "case_id": "c"}, {"c": {"submissions": {"s": {"outcome": "appended"}}}}, {}, True),
        ({"outcome": "appended", "case_id": "c"}, {"c": {"submissions": {"s": {"outcome": "created"}}}}, {}, False),
        ({"outcome": "created", "case_id": None}, {}, {"s": {"outcome": "held"}}, False),
        ({"outcome": "held", "case_id": None}, {}, {"s": {"outcome": "held"}}, True),
        ({"outcome": "held", "case_id": None}, {}, {"s": {"outcome": "ignored"}}, False),
        ({"outcome": "lost", "case_id": None}, {}, {}, False),
        ({"outcome": "ignored", "case_id": "c"}, {"c": {"submissions": {}, "reports": {"s": 2}}}, {}, True),
        ({"outcome": "ignored", "case_id": "c"}, {"c": {"submissions": {}, "reports": {}}}, {}, False),
        ({"outcome": "ignored", "case_id": "c"}, {}, {}, False),
    ],
)
def test_where_an_outcome_belongs(
    row: dict[str, Any], cases: dict[str, Any], aside: dict[str, Any], right: bool
) -> None:
    assert (misplaced({"_id": "s", **row}, cases, aside) is None) is right


def test_the_table_shows_each_way_and_what_disagrees() -> None:
    shown = table([Tally("smtp", 2, wrong=["s: held, but nothing was set aside"])])
    assert "smtp" in shown
    assert shown.splitlines()[-1] == "smtp: s: held, but nothing was set aside"
