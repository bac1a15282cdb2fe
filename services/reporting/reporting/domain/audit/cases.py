# SPDX-License-Identifier: Apache-2.0
"""What the topics tell of cases: numbers, submissions, handling, answers."""

from array import array
from collections.abc import Callable, Iterator
from datetime import tzinfo

from reporting.domain.audit.answers import DELIVERED, PUBLISHED, UPLOADED, Answers
from reporting.domain.audit.findings import Check, Finding, Open
from reporting.domain.audit.keys import NOWHERE, Keys, grown
from reporting.domain.audit.lines import Line
from reporting.domain.audit.numbers import Book, Parsed, parsed
from reporting.domain.audit.submissions import KINDS, Submissions
from reporting.domain.audit.values import Answered, Appended, Approved, Carried, Filed

FILED, DEADLINE, ASSIGNED, IS_ANSWERED = 1, 2, 4, 8

Fault = tuple[Check, str]


class Cases:
    """Cases by their numbers in ``keys``; what is young is judged by the next audit."""

    def __init__(self, zone: tzinfo) -> None:
        self.keys = Keys()
        self.submission_keys = Keys()
        self.submissions = Submissions(self.keys, self.submission_keys)
        self.answers = Answers(self.keys)
        self.books: dict[tuple[str, int], Book] = {}
        self.young: set[int] = set()
        self._zone = zone
        self._flags = array("B")
        self._number = array("I")
        self._book_of = array("H")
        self._takers: dict[bytes, Callable[[Line, int], Fault | None]] = {
            b"case-filed.v1": self._filed,
            b"message-appended.v1": self._appended,
            b"delivery-proposed.v1": self._appended,
            b"deadline-set.v1": lambda _, n: self._flag(n, DEADLINE),
            b"case-assigned.v1": lambda _, n: self._flag(n, ASSIGNED),
            b"answer-approved.v1": self._approved,
            b"partial-answer-approved.v1": self._part,
            b"answer-published.v1": lambda line, n: self._carried(line, n, PUBLISHED),
            b"answer-filed-with-regulator.v1": lambda line, n: self._carried(line, n, UPLOADED),
            b"delivery-sent.v1": lambda line, n: self._carried(line, n, DELIVERED),
            b"case-answered.v1": self._answered,
        }

    def take(self, line: Line, keys: Keys, n: int) -> Fault | None:
        """An event; what is wrong with it. Raises ValidationError."""
        if keys is self.submission_keys:
            fault = self.submissions.outcome(line, n) if line.type in KINDS else None
            return ("submissions", f"Submission {keys.text(n)}: {fault}.") if fault else None
        if keys is self.keys and (take := self._takers.get(line.type)):
            if n >= len(self._flags):
                for values in (self._flags, self._number, self._book_of):
                    grown(values, n)
            return take(line, n)
        return None

    def _flag(self, n: int, flag: int) -> None:
        self._flags[n] |= flag

    def _filed(self, line: Line, n: int) -> Fault | None:
        filed = Filed.model_validate_json(line.value)
        again = self.submissions.filed(filed, n)
        if self._flags[n] & FILED:
            return ("numbers", f"The case was filed twice: as {self.number(n)} and as {filed.case_number}.")
        self._flags[n] |= FILED
        found = parsed(filed.case_number)
        if found is None:
            return ("numbers", f"{filed.case_number} is no case number: its form or its check digit is wrong.")
        other = self._enter(found, n)
        if other is not None:
            return ("numbers", f"{filed.case_number} was given twice, also to case {self.keys.text(other)}.")
        year = filed.registered_at.astimezone(self._zone).year
        if found[1] != year:
            return ("numbers", f"{filed.case_number} was registered in {year}.")
        return ("submissions", again) if again else None

    def _enter(self, number: Parsed, n: int) -> int | None:
        org, year, consecutive = number
        book = self.books.setdefault((org, year), Book(org, year))
        other = book.enter(consecutive, n)
        self._number[n], self._book_of[n] = consecutive, list(self.books).index((org, year))
        return other

    def _appended(self, line: Line, n: int) -> Fault | None:
        again = self.submissions.filed(Appended.model_validate_json(line.value), n)
        return ("submissions", again) if again else None

    def _approved(self, line: Line, n: int) -> Fault | None:
        self.answers.approved(n, Approved.model_validate_json(line.value), line.time)
        return None

    def _part(self, line: Line, n: int) -> Fault | None:
        if (answer_id := Carried.model_validate_json(line.value).answer_id) is not None:
            self.answers.part(n, answer_id)
        return None

    def _carried(self, line: Line, n: int, how: int) -> Fault | None:
        answer_id = Carried.model_validate_json(line.value).answer_id
        if answer_id is not None:
            self.answers.carried(n, answer_id, how)
        return None

    def _answered(self, line: Line, n: int) -> Fault | None:
        self.answers.answered(n, Answered.model_validate_json(line.value))
        self._flags[n] |= IS_ANSWERED
        return None

    def is_young(self, keys: Keys, n: int) -> None:
        if keys is self.keys:
            self.young.add(n)
        elif keys is self.submission_keys:
            self.submissions.young.add(n)

    def is_young_key(self, keys: Keys, n: int) -> bool:
        return n in (self.young if keys is self.keys else self.submissions.young)

    def flags(self, n: int) -> int:
        return self._flags[n] if n < len(self._flags) else 0

    def was_answered(self, n: int) -> bool:
        return bool(self.flags(n) & IS_ANSWERED)

    def number(self, n: int) -> str | None:
        """The case number as people read it; None if none is known."""
        if n >= len(self._number) or not self._number[n]:
            return None
        return list(self.books.values())[self._book_of[n]].text(self._number[n])

    def about(
        self,
        check: Check,
        text: str,
        keys: Keys,
        n: int,
        *,
        topic: str | None = None,
        partition: int | None = None,
        offset: int | None = None,
        service: str | None = None,
        bucket: str | None = None,
    ) -> Finding:
        """A finding about a subject, named as people name it."""
        number = self.number(n) if keys is self.keys else None
        place = None if partition == NOWHERE else partition
        return Finding(check, text, service, topic, place, offset, keys.text(n), number, bucket)

    def number_gaps(self) -> Iterator[Finding | Open]:
        """Numbers that nobody has; one just below a case that was published just now may still come."""
        for book in self.books.values():
            for first, last in book.gaps():
                above = book.case(last + 1)
                run = f" {book.text(first)}" if first == last else f"s {book.text(first)} to {book.text(last)}"
                if above is not None and above in self.young:
                    yield Open(
                        "numbers-not-there-yet", last - first + 1, f"Number{run}: the next one was just published."
                    )
                else:
                    yield Finding("numbers", f"No case has the number{run}.", topic="intake-cases")

    def handling(self, unread: set[int] | None, excused: set[int], told: Callable[[int], int]) -> Iterator[Finding]:
        """Each case that routing has read has a deadline and a responder; nothing is told of cases never filed.

        ``unread``: cases filed behind what routing had read when it was counted, None if that is not known;
        ``excused``: those of which it had parked something; ``told``: the last seq of routing about a case.
        """
        created = self.submissions.told_cases()
        for n in range(len(self.keys)):
            flags = self.flags(n)
            if n in self.young or n in excused:
                continue
            if not flags & FILED:
                if self.keys.partition[n] == NOWHERE and n not in created:
                    continue  # only stores or a young outcome tell of it: its filing may be on its way
                yield self.about("handling", "Events tell of it, and it was never filed.", self.keys, n)
            elif told(n):
                if flags & (DEADLINE | ASSIGNED) != DEADLINE | ASSIGNED:
                    what = "deadline" if not flags & DEADLINE else "responder"
                    yield self.about("handling", f"Routing never set its {what}.", self.keys, n, service="routing")
            elif unread is not None and n not in unread:
                text = "Routing has read it and told nothing of it: no deadline, no responder."
                yield self.about("handling", text, self.keys, n, service="routing", topic="routing-cases")
