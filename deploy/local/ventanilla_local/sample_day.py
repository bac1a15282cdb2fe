# SPDX-License-Identifier: Apache-2.0
"""Files the sample day through the real doors, and has staff act on some of it."""

import json
import smtplib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from .doors import DoorError, Doors, Filed
from .letters import mail
from .pace import ZONE
from .sample import EARLIEST_DAYS, LATEST_DAYS, Answer, Call, Deliver, Sample, Upload, days_ago
from .services import ORGANISATION

PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.2


@dataclass
class Day:
    """A sample day: when it began, whether all of it was filed, and the cases that its samples became."""

    name: str
    began: str
    complete: bool
    cases: dict[str, Filed]


class Ledger:
    """Which sample days this house has, in a file beside its data: a second start files nothing twice."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.days: list[Day] = []
        if file.exists():
            for one in json.loads(file.read_text(encoding="utf-8")):
                one["cases"] = {name: Filed(**filed) for name, filed in one["cases"].items()}
                self.days.append(Day(**one))

    def to_file(self, now: datetime, *, again: bool) -> Day | None:
        """The day to file: one that was broken off, a first one, another one if asked; else None."""
        if self.days and not self.days[-1].complete:
            return self.days[-1]
        if self.days and not again:
            return None
        self.days.append(Day(f"sample-day-{len(self.days) + 1}", now.isoformat(), False, {}))
        self.keep()
        return self.days[-1]

    def keep(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps([asdict(day) for day in self.days], ensure_ascii=False, indent=1)
        self._file.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Filing:
    """How a day gets into the house.

    `number_of` tells the case that a mail became, once somebody has seen it; `received` how many reporting counts.
    """

    doors: Doors
    samples: Sequence[Sample]
    smtp_url: str
    number_of: Callable[[str], str | None]
    say: Callable[[str], None]
    received: Callable[[], int]

    def file(self, day: Day) -> None:
        """File what is not filed yet; the same ids again make no second case. Raises DoorError."""
        began = datetime.fromisoformat(day.began)
        for sample in self.samples:
            self.say(f"filing {sample.name}, {sample.channel}")
            external_id = external_id_of(day, sample)
            if sample.through == "mailbox" and self.smtp_url:
                self._into_the_mailbox(sample, external_id, began)
            else:
                day.cases[sample.name] = self.doors.file(sample, external_id, self._received(sample, began), began)

    def wait_for_the_mailbox(self, day: Day) -> None:
        """Until intake has fetched what lies there. Raises DoorError."""
        for sample in self.samples:
            if sample.name not in day.cases:
                self.say(f"intake fetches {sample.name} from the mailbox")
                number = self._fetched(external_id_of(day, sample))
                day.cases[sample.name] = Filed(number, "")

    def act(self, day: Day, now: datetime) -> None:
        """What the house does about it: deliver, answer, upload, call. Raises DoorError."""
        for sample in self.samples:
            number = day.cases[sample.name].number
            for act in sample.acts:
                if self.doors.has_done(number, act):
                    continue
                self.say(f"{act.do}: {number}")
                match act:
                    case Deliver():
                        self.doors.deliver(number, act)
                    case Answer():
                        self.doors.answer(number, act)
                    case Upload():
                        self.doors.upload(number, act, now)
                    case Call():
                        self.doors.call(number, act)

    def wait_for_reporting(self, received_before: int) -> None:
        """Until the indicators count the whole day. Raises DoorError."""
        until = time.monotonic() + PATIENCE_SECONDS
        self.say("reporting counts")
        while (received := self.received()) < received_before + len(self.samples):
            if time.monotonic() > until:
                raise DoorError(f"reporting counts {received - received_before} of {len(self.samples)} sample cases")
            time.sleep(LOOK_SECONDS)

    def _received(self, sample: Sample, now: datetime) -> datetime | None:
        match sample.received:
            case None:
                return None
            case "near-deadline":
                return near_deadline(self.doors, now)
            case int(days):
                return days_ago(days, now)

    def _into_the_mailbox(self, sample: Sample, message_id: str, at: datetime) -> None:
        server, ours = urlsplit(self.smtp_url), ORGANISATION["ORG_MAIL_ADDRESS"]
        with smtplib.SMTP(server.hostname or "", server.port or 25, timeout=10) as smtp:
            smtp.sendmail(sample.form.person.email or "", [ours], mail(sample, ours, message_id, at))

    def _fetched(self, message_id: str) -> str:
        until = time.monotonic() + PATIENCE_SECONDS
        while (number := self.number_of(message_id)) is None:
            if time.monotonic() > until:
                raise DoorError(f"intake did not fetch {message_id} from the mailbox")
            time.sleep(LOOK_SECONDS)
        return number


def external_id_of(day: Day, sample: Sample) -> str:
    """The same at every attempt: a Message-ID for a mail, an Idempotency-Key for a form."""
    if sample.channel == "email":
        return f"<{day.name}.{datetime.fromisoformat(day.began):%Y%m%d%H%M%S}.{sample.name}@correo.example>"
    return f"{day.name}-{day.began}-{sample.name}"


def near_deadline(doors: Doors, now: datetime) -> datetime:
    """The receipt of the last weeks whose term ends soonest after today: its reminder is due. Raises DoorError."""
    today = now.astimezone(ZONE).date().isoformat()
    for days in range(LATEST_DAYS, EARLIEST_DAYS - 1, -1):
        received_at = days_ago(days, now)
        if doors.due(received_at) > today:
            return received_at
    raise DoorError("no receipt of the last weeks has its deadline ahead")
