# SPDX-License-Identifier: Apache-2.0
"""Which links a new case is to begin with: what it quotes, what it repeats, whose letter it is one more of.

Proposals only: they open nothing to whoever wrote the case, and an agent decides about them.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.domain.letters import Sent, one_more, persons_in, related_by
from intake.domain.likeness import letter_of, likeness, person_keys, words_of
from intake.domain.numbers import find_case_numbers
from intake.domain.submission import FileSubmission, LetterGroup, Related
from ventanilla_contracts.vocabulary import CaseStatus

MOST_QUOTED = 5
MOST_DUPLICATES = 3
SETTLED: frozenset[CaseStatus] = frozenset({"answered", "closed", "transferred", "withdrawn", "rejected"})
"""In these no answer is owed any more: who writes the same again does not mean the same matter."""


@dataclass(frozen=True, slots=True)
class LinkRules:
    """``*_from``: how alike, from 0 to 100 (101: never); how many persons make a letter a mass letter (0: none)."""

    org: str
    duplicate_from: int = 90
    duplicate_confirmed_from: int = 101
    duplicate_least_signs: int = 40
    duplicate_most_cases: int = 20
    letter_from: int = 5
    letter_least_words: int = 25


@dataclass(frozen=True, slots=True)
class Known:
    """A case as far as a proposal needs it."""

    case_id: str
    number: str
    open: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said before, by ``words_of``."""

    case_id: str
    words: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sought:
    """A new case and what is to be looked for; ``words`` is empty where nothing is to be compared."""

    command: FileSubmission
    words: str
    quoted: tuple[str, ...]

    def numbered(self, command: FileSubmission) -> "Sought":
        """The same of the command with its number."""
        return replace(self, command=_looked_through(command, self.command.person_keys, self.letter))

    @property
    def letter(self) -> str | None:
        return self.command.letter

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self.command.person_keys)


def sought(command: FileSubmission, rules: LinkRules) -> Sought:
    """A regulator writes in formulas: two of its requests are never duplicates, nor a mass letter."""
    form = command.form
    by_rule = form.regulator is None and command.channel != "regulator"
    letter = letter_of(form.text, form.person.name, rules.letter_least_words) if by_rule and rules.letter_from else None
    command = _looked_through(command, person_keys(form.person), letter)
    words = words_of(form.text) if by_rule and command.person_keys and rules.duplicate_from <= 100 else ""
    return Sought(command, words if len(words) >= rules.duplicate_least_signs else "", _quoted(command, rules.org))


def _looked_through(command: FileSubmission, keys: tuple[str, ...], letter: str | None) -> FileSubmission:
    """Nothing stays of what was found before a conflict."""
    return replace(command, person_keys=keys, letter=letter, letter_group=None, found=())


def _quoted(command: FileSubmission, org: str) -> tuple[str, ...]:
    said = unicodedata.normalize("NFKC", f"{command.form.subject}\n{command.form.text}")
    return tuple(str(number) for number in find_case_numbers(said, org)[:MOST_QUOTED])


@dataclass
class Proposing:
    """Proposes for one new case of a batch after the other; those before it count as filed.

    ``said``: by person key; ``known``: by case id; ``groups`` and ``sent`` by letter, ``sent`` the oldest first.
    """

    rules: LinkRules
    now: datetime
    said: Mapping[str, Sequence[Said]] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    groups: dict[str, LetterGroup] = field(default_factory=dict)
    sent: dict[str, list[Sent]] = field(default_factory=dict)
    _before: dict[str, list[Said]] = field(default_factory=dict)

    def alike(self, one: Sought) -> dict[str, int]:
        """The person's earlier cases that say nearly the same, with how nearly, as far as they are stored."""
        return self._alike(one, self.said)

    def first_of_letter(self, one: Sought) -> str | None:
        """The case that would be the first of a mass letter with this one."""
        sent = self.sent.get(one.letter or "", [])
        return sent[0].case_id if sent and self._are_many(one, sent) else None

    def proposed(self, one: Sought) -> FileSubmission:
        """The command with what was found."""
        duplicates = self._duplicates(one)
        group = None if duplicates else self._group(one)
        letter = None if duplicates else one.letter
        found = (*duplicates, *self._quotes(one), *([related_by(group)] if group else []))
        command = replace(one.command, found=found, letter=letter, letter_group=group)
        self._note(one, command)
        return command

    def _duplicates(self, one: Sought) -> tuple[Related, ...]:
        scores = self._alike(one, self.said) | self._alike(one, self._before)
        best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        cases = [(self.known[case_id], score) for case_id, score in best if case_id in self.known]
        sure = self.rules.duplicate_confirmed_from
        return tuple(
            Related(case.case_id, case.number, "duplicate", score, confirmed=score >= sure)
            for case, score in cases[:MOST_DUPLICATES]
            if case.open
        )

    def _alike(self, one: Sought, said: Mapping[str, Sequence[Said]]) -> dict[str, int]:
        if not one.words:
            return {}
        others = {other.case_id: other for key in one.command.person_keys for other in said.get(key, ())}
        least = self.rules.duplicate_from
        scores = {case_id: likeness(one.words, other.words, least) for case_id, other in others.items()}
        return {case_id: score for case_id, score in scores.items() if score >= least}

    def _quotes(self, one: Sought) -> tuple[Related, ...]:
        by_number = {case.number: case for case in self.known.values()}
        answered = [self.known[case_id] for case_id in one.command.replies_to if case_id in self.known]
        quoted = [by_number[number] for number in one.quoted if number in by_number]
        cases = dict.fromkeys([*answered, *quoted])
        return tuple(Related(case.case_id, case.number, "quoted") for case in list(cases)[:MOST_QUOTED])

    def _group(self, one: Sought) -> LetterGroup | None:
        if one.letter is None:
            return None
        if (group := self.groups.get(one.letter)) is not None:
            return one_more(group)
        first = self.known.get(self.first_of_letter(one) or "")
        if first is None:
            return None
        sent = self.sent[one.letter]
        return LetterGroup(one.letter, len(sent) + 1, first.case_id, first.number, sent[0].at)

    def _are_many(self, one: Sought, sent: Sequence[Sent]) -> bool:
        return persons_in(sent, one.keys) >= self.rules.letter_from

    def _note(self, one: Sought, command: FileSubmission) -> None:
        """For those that come after it in the batch. Of one letter the last command of the batch tells the count."""
        case_id = command.case_id
        self.known[case_id] = Known(case_id, command.number, open=True)
        for key in command.person_keys if one.words else ():
            self._before.setdefault(key, []).append(Said(case_id, one.words, one.keys))
        if command.letter_group is not None:
            self.groups[command.letter_group.letter] = command.letter_group
        elif command.letter is not None:
            self.sent.setdefault(command.letter, []).append(Sent(case_id, self.now, one.keys))


def once_told(commands: Iterable[FileSubmission]) -> list[FileSubmission]:
    """Of one letter only the last command tells the count: it has counted the others."""
    found, told = [], set[str]()
    for command in reversed(list(commands)):
        group = command.letter_group
        found.append(replace(command, letter_group=None) if group and group.letter in told else command)
        if group:
            told.add(group.letter)
    return found[::-1]
