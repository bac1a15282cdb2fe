# SPDX-License-Identifier: Apache-2.0
"""Every accepted submission ends in exactly one final outcome; what became a case or joined one is in that case."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reporting.domain.audit.findings import Finding, Open
from reporting.domain.audit.keys import Keys, grown
from reporting.domain.audit.lines import Line
from reporting.domain.audit.values import Appended, Filed, HandedOver, Outcome

TOPIC, CASES, HANDED = "intake-outcomes", "intake-cases", "channel-submissions"
HELD, CREATED, APPENDED, IGNORED, REJECTED = 1, 2, 3, 4, 5
KINDS = {
    b"submission-held.v1": HELD,
    b"submission-created.v1": CREATED,
    b"submission-appended.v1": APPENDED,
    b"submission-ignored.v1": IGNORED,
    b"submission-rejected.v1": REJECTED,
}
NAMES = {HELD: "held", CREATED: "created", APPENDED: "appended", IGNORED: "ignored", REJECTED: "rejected"}


@dataclass(frozen=True, slots=True)
class _Place:
    partition: int
    offset: int


class Submissions:
    """``young``: submissions of which something was published just now; they are judged next time."""

    def __init__(self, cases: Keys, submissions: Keys) -> None:
        self._cases = cases
        self._keys = submissions
        self._outcome = array("B")
        self._final = array("B")
        self._final_seq = array("I")
        self._told_case = array("I")
        self._filed_as = array("B")
        self._filed_case = array("I")
        self._held_since: dict[int, bytes] = {}
        self._handed: dict[tuple[str, str], _Place] = {}
        self.mails_handed = 0
        self.young: set[int] = set()

    def handed_over(self, line: Line) -> None:
        """A channel system published a submission. A mail brings its own id, so that it cannot be matched here."""
        handed = HandedOver.model_validate_json(line.value)
        if handed.personal.form is None:
            self.mails_handed += 1
        else:
            self._handed[handed.channel, handed.external_id] = _Place(line.partition, line.offset)

    def outcome(self, line: Line, n: int) -> str | None:
        """An outcome was told; what is wrong with it."""
        told, kind = Outcome.model_validate_json(line.value), KINDS[line.type]
        self._handed.pop((told.channel, told.external_id), None)
        self._grow(n)
        if fault := self._against_final(n, kind, line.seq, repeat=told.repeat):
            return fault
        if told.case_id is not None:
            self._told_case[n] = self._cases.at(told.case_id.encode()) + 1
        if kind > HELD:
            self._outcome[n] = kind
            self._held_since.pop(n, None)
        elif not self._final[n]:
            self._outcome[n] = kind
            self._held_since.setdefault(n, line.time)
        return None

    def told_cases(self) -> set[int]:
        """The cases that outcomes tell of, but for those that were published just now."""
        return {case - 1 for n, case in enumerate(self._told_case) if case and n not in self.young}

    def _against_final(self, n: int, kind: int, seq: int, *, repeat: bool) -> str | None:
        """What one process left, another publishes late: the log's order is not that in which things happened."""
        final, before = self._final[n], self._outcome[n]
        late = kind == HELD and seq < self._final_seq[n]
        if final and not late and (not repeat or kind != final):
            return _repeats(kind, final) if repeat else f"a second final outcome, {NAMES[kind]} after {NAMES[final]}"
        if repeat or kind == HELD:
            return None
        self._final[n], self._final_seq[n] = kind, seq
        return _repeats(before, kind) if before not in (0, HELD, kind) else None

    def filed(self, filed: Filed | Appended, case: int) -> str | None:
        """A case was filed from a submission, or took one in; what is wrong with it."""
        n = self._keys.at(filed.submission_id.encode())
        self._grow(n)
        if before := self._filed_case[n]:
            other = self._cases.text(before - 1)
            return f"Submission {filed.submission_id} was taken in twice, before by case {other}."
        self._filed_as[n] = CREATED if isinstance(filed, Filed) else APPENDED
        self._filed_case[n] = case + 1
        return None

    def _grow(self, n: int) -> None:
        for values in (
            *(self._outcome, self._final, self._final_seq),
            *(self._told_case, self._filed_as, self._filed_case),
        ):
            grown(values, n)

    def findings(self) -> Iterator[Finding]:
        for n in range(len(self._keys)):
            if n < len(self._outcome) and n not in self.young and (fault := self._fault(n)):
                yield self._finding(n, fault)

    def _fault(self, n: int) -> str | None:
        outcome, filed = self._outcome[n], self._filed_as[n]
        if filed and outcome != filed:
            told = NAMES.get(outcome, "none")
            return f"{CASES} has it in a case ({NAMES[filed]}), its outcome is {told}"
        if outcome in (CREATED, APPENDED) and not filed:
            return f"its outcome is {NAMES[outcome]}, and no case of {CASES} has it"
        if filed and self._filed_case[n] != self._told_case[n]:
            return "its outcome names another case than the one that has it"
        return None

    def _finding(self, n: int, fault: str) -> Finding:
        case = (self._filed_case[n] or self._told_case[n]) - 1
        partition = self._keys.partition[n]
        return Finding(
            "submissions",
            f"Submission {self._keys.text(n)}: {fault}."
            + (f" The case is {self._cases.text(case)}." if case >= 0 else ""),
            topic=TOPIC,
            partition=partition if partition != 0xFFFF else None,
            subject=self._keys.text(n),
        )

    def unanswered(self, read_to: dict[int, int] | None, parked: set[tuple[int, int]]) -> Iterator[Finding | Open]:
        """What channel systems handed over and has no outcome; ``read_to``: how far intake had read them, if known."""
        waiting = 0
        for (channel, external_id), place in self._handed.items():
            if (place.partition, place.offset) in parked:
                continue
            if read_to is None or place.offset >= read_to.get(place.partition, 0):
                waiting += 1
                continue
            yield Finding(
                "submissions",
                f"Intake has read the submission {external_id[:100]} of channel {channel} and told no outcome of it.",
                service="intake",
                topic=HANDED,
                partition=place.partition,
                offset=place.offset,
            )
        if waiting:
            yield Open("submissions-not-read", waiting, f"On {HANDED}, not read by intake when it was last counted.")
        if self.mails_handed:
            text = f"Mails on {HANDED}: their outcomes stand under ids of their own, so that they are not matched."
            yield Open("mails-handed-over", self.mails_handed, text)

    def held(self, now: datetime) -> Open | None:
        """Submissions that wait on the desk, no fault; the oldest first."""
        if not self._held_since:
            return None
        oldest = sorted(self._held_since.items(), key=lambda one: one[1])
        seconds = int((now - datetime.fromisoformat(oldest[0][1].decode())).total_seconds())
        examples = tuple(self._keys.text(n) for n, _ in oldest[:10])
        text = "Held for a person of the desk; each needs one final outcome."
        return Open("submissions-held", len(oldest), text, max(0, seconds), examples)


def _repeats(kind: int, final: int) -> str:
    return f"repeats the outcome {NAMES[kind]}, and the outcome was {NAMES[final]}"
