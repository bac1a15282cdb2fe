# SPDX-License-Identifier: Apache-2.0
"""Municipalities of Colombia by their DIVIPOLA code, and as people type them (domain-colombia.md §3.6)."""

from collections.abc import Iterable
from dataclasses import dataclass

from chassis.decision import Refused
from intake.domain.texts import plain


@dataclass(frozen=True, slots=True)
class Municipality:
    """``code``: five digits, the first two are the department's."""

    code: str
    name: str
    department: str

    @property
    def label(self) -> str:
        """As it is offered: Manizales, Caldas. Names repeat in 66 cases, name and department never."""
        return self.name if self.name == self.department else f"{self.name}, {self.department}"


class Municipalities:
    """Found by code, by label, or by a name that only one has; accents, signs and case of letters do not matter."""

    def __init__(self, all_: Iterable[Municipality]) -> None:
        self.all = tuple(sorted(all_, key=lambda one: plain(one.label)))
        self._by_code = {one.code: one for one in self.all}
        self._by_words: dict[str, Municipality | None] = {}
        for one in self.all:
            self._by_words[plain(one.name)] = None if plain(one.name) in self._by_words else one
        self._by_words |= {plain(one.label): one for one in self.all}

    def of(self, code: str | None) -> Municipality | None:
        return self._by_code.get(code or "")

    def typed(self, text: str) -> str | None:
        """The code of what was typed; None if it names none, or several."""
        found = self._by_code.get(text.strip()) or self._by_words.get(plain(text))
        return found.code if found else None

    def beginning(self, text: str, limit: int) -> list[Municipality]:
        """Those whose name or label begins so."""
        start = plain(text)
        return [one for one in self.all if plain(one.label).startswith(start) or one.code.startswith(start)][:limit]

    def refusal(self, code: str | None) -> Refused | None:
        """A code that is nobody's."""
        if code is None or code in self._by_code:
            return None
        return Refused("municipality-unknown", kind="invalid", field="$.municipality", values={"code": code})
