# SPDX-License-Identifier: Apache-2.0
"""What the person is told of the term: stopped, running again, extended; or that the case ends (ICX-03, ICX-04)."""

from dataclasses import dataclass
from typing import Protocol

from notifications.domain.case import Case, NewDate
from notifications.domain.draft import Draft
from notifications.domain.house import House
from notifications.domain.letters import Recipient, Thread
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.routing import CaseTransferred, CaseWithdrawn, ClockStopExtended, ClockStopped, DeadlineSet
from ventanilla_contracts.vocabulary import LetterKind


class Correspondent(Protocol):
    """Who knows the house and the conversation of a case."""

    @property
    def house(self) -> House: ...

    def thread(self, case: Case) -> Thread | None: ...


@dataclass(frozen=True)
class ClockWriter:
    """Writes them in the thread of the person's first message."""

    writer: Correspondent

    def for_event(self, case: Case, event: Event) -> tuple[Draft, ...]:
        """The letters that an event calls for at once."""
        match event:
            case ClockStopped():
                values = {
                    "missing": event.personal.text,
                    "since": event.since.isoformat(),
                    "until": event.until.isoformat(),
                }
                return self.to_the_person("completion-request", case, event, **values, source=event.source)
            case ClockStopExtended():
                values = {"since": event.since.isoformat(), "until": event.until.isoformat()}
                return self.to_the_person("completion-extended", case, event, **values)
            case CaseWithdrawn():
                return self._withdrawal(case, event)
            case CaseTransferred():
                return self._transfer(case, event)
        return ()

    def new_date(self, case: Case, event: DeadlineSet, told: NewDate) -> tuple[Draft, ...]:
        """Running again, or extended: until when, and how it was counted."""
        words = event.in_words.model_dump() if event.in_words else None
        values = {"day": told.day.isoformat(), "due": event.due.isoformat(), "reasons": told.reasons, "in_words": words}
        return self.to_the_person(told.kind, case, event, **values, source=event.source)

    def _withdrawal(self, case: Case, event: CaseWithdrawn) -> tuple[Draft, ...]:
        values = {
            "reason": event.reason,
            "reasons": event.personal.text if event.personal else None,
            "since": event.since.isoformat() if event.since else None,
            "until": event.until.isoformat() if event.until else None,
        }
        return self.to_the_person("withdrawal", case, event, **values, source=event.source)

    def _transfer(self, case: Case, event: CaseTransferred) -> tuple[Draft, ...]:
        """The person hears of it with a copy of what goes to the authority, which has the case with its files."""
        values = {
            "to_name": event.to_name,
            "by_mail": event.to_email is not None,
            "reasons": event.personal.text,
            "source": event.source,
        }
        told = self.to_the_person("transfer-notice", case, event, **values)
        if event.to_email is None:
            return told
        to = (Recipient(address=event.to_email, name=event.to_name),)
        about = {
            "subject": case.subject,
            "text": case.text,
            "text_continues": case.full_text is not None,
            "person": None if case.anonymous else case.person_name,
            "person_email": case.person_email,
        }
        files = (*case.files, *([case.full_text] if case.full_text else []))
        known = self._values(case, event)
        return (*told, Draft("transfer", to, {**known, **values, **about}, files))

    def to_the_person(self, kind: LetterKind, case: Case, event: Event, **values: object) -> tuple[Draft, ...]:
        """Who gave no address is somebody's task; who has none to give sees it when tracking the case."""
        nobody = case.anonymous and case.person_email is None
        to = (Recipient(address=case.person_email, name=case.person_name),) if case.person_email else ()
        known = self._values(case, event)
        draft = Draft(kind, to, {**known, **values}, thread=self.writer.thread(case))
        return () if nobody else (draft,)

    def _values(self, case: Case, event: Event) -> dict[str, object]:
        return {
            "person": case.person_name,
            "kind": case.kind,
            "received_at": case.received_at,
            "signed_by": self.writer.house.name_of(event.actor.id) if event.actor.role != "service" else None,
        }
