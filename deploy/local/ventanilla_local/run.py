# SPDX-License-Identifier: Apache-2.0
"""`make run`: the whole house in real time, with a sample day filed through its doors; it stays up until Ctrl-C."""

import time
from datetime import UTC, datetime

from . import guide
from .doors import DoorError
from .house_up import Up, house_up, lately, stay, terminal
from .sample import sample_day
from .sample_day import Day, Filing, Ledger

TO_FOLLOW, TO_ANSWER = "doble-cobro-odontologia", "buzon-cupo-curso-natacion"
"""The samples that a person is sent to: one has its tracking code, one is late and can be answered and called about."""


def run(*, again: bool = False, apart: bool = False) -> int:
    """Start, file the sample day unless it is there already (or `again`), show, and stay.

    `apart`: beside another house of this checkout, with fresh data and any ports; for tests.
    """
    started = time.monotonic()
    with house_up("test" if apart else "run", "" if apart else "run", terminal()) as it:
        it.view.say(guide.logins(it.house))
        try:
            day, filed_now = sample_day_of(it, again=again)
        except DoorError as problem:
            it.view.say(f"\nThe sample day is not complete: {problem}\nThe next start goes on with it.")
            it.view.say(guide.pages(it.house, it.addresses))
        else:
            it.view.say(_outcome(day, time.monotonic() - started, filed_now=filed_now))
            it.view.say(guide.pages(it.house, it.addresses))
            it.view.say(guide.to_try(it.house, day.cases[TO_FOLLOW], day.cases[TO_ANSWER]))
        it.view.doing("up; Ctrl-C stops everything")
        stay(it)
    return 0


def sample_day_of(it: Up, *, again: bool) -> tuple[Day, bool]:
    """The sample day that this house shows, and whether it was filed just now. Raises DoorError."""
    ledger = Ledger(it.directory / "sample-days.json")
    if not all(it.doors.knows(case.number) for day in ledger.days for case in day.cases.values()):
        ledger.days.clear()  # the data that it tells of are gone
    now = datetime.now(UTC)
    day = ledger.to_file(now, again=again)
    if day is None:
        return ledger.days[-1], False
    _file(it, day, new=day.began == now.isoformat())
    day.complete = True
    ledger.keep()
    return day, True


def _file(it: Up, day: Day, *, new: bool) -> None:
    smtp_url = it.addresses.smtp_url if it.addresses.imap_url else ""  # a mailbox that nobody can read helps nobody
    filing = Filing(it.doors, sample_day(), smtp_url, it.view.watch.number_of, it.view.doing, lambda: _received(it))
    before = _received(it)
    filing.file(day)
    filing.wait_for_the_mailbox(day)
    filing.act(day, datetime.now(UTC))
    if new:  # of a day that was broken off nobody knows how much is counted already
        filing.wait_for_reporting(before)


def _received(it: Up) -> int:
    return int(lately(it.doors, it.view.pace)["received"]["value"])


def _outcome(day: Day, seconds: float, *, filed_now: bool) -> str:
    if filed_now:
        return f"\n{len(day.cases)} sample cases filed and counted by reporting after {seconds:.0f} s."
    return f"\nUp after {seconds:.0f} s with the cases of before; make run SAMPLE=again files a new day."
