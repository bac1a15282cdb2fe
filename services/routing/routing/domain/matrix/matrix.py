# SPDX-License-Identifier: Apache-2.0
"""Who gets a case, and who is told when it stays unanswered: one version of the matrix (CNF-07, ICX-02)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from routing.domain.matrix.absences import absence_of, standing_in
from routing.domain.matrix.file import PLACES, ROLES, Level, MatrixFile, MatrixRule
from routing.domain.matrix.house import House
from ventanilla_contracts.envelope import Frozen, StaffRef

ELSE_CUSTOMER_CARE = "else-customer-care"
ABSENT = "{name} no está hasta el {until}."


class Assignment(Frozen):
    """Who has a case, and by which rule of which version."""

    area: str
    area_name: str
    responder: StaffRef
    copies: tuple[StaffRef, ...] = ()
    matrix_version: str
    rule: str
    observation: str | None = None


class EscalationMatrix:
    """The rules of a version, the ``number``-th, over the people of the house.

    A version stays in force when the staff file or the classification changes: in place of people who are gone their
    area's deputy or head is told, or customer care, which has the cases of areas that the version does not know, too.
    """

    def __init__(
        self, file: MatrixFile, house: House, area_names: Mapping[str, str], *, number: int = 1, absent: str = ABSENT
    ) -> None:
        self.file = file
        self.house = house
        self.number = number
        self._absent = absent
        self._area_names = area_names
        self._areas = {one.area: one for one in file.areas}
        self._otherwise = MatrixRule(id=ELSE_CUSTOMER_CARE, area=file.customer_care)

    @property
    def people(self) -> Mapping[str, StaffRef]:
        """Everybody who works here, by id."""
        return self.house.people

    def assign(self, facts: Mapping[str, object], day: date | None = None) -> Assignment:
        """Who gets a case with these facts (the fields of RoutedCases) that day; without a day nobody is away.

        Raises LookupError where nobody of the version works here any more.
        """
        known = self._with_branch(facts)
        rule = next((rule for rule in self.file.rules if rule.if_.hold(known)), self._otherwise)
        area = self._known(rule.area or str(facts["area"]))
        named, *_ = self._ids((rule.to,), area)
        responder, observation = self._there(named, area, day, rule.observation)
        return Assignment(
            area=area,
            area_name=self._area_names.get(area, area),
            responder=responder,
            copies=tuple(one for one in self._told(rule.copies, area, day) if one != responder),
            matrix_version=self.file.version,
            rule=rule.id,
            observation=observation,
        )

    def with_file(self, file: MatrixFile, number: int) -> "EscalationMatrix":
        """Another version over the same house."""
        return EscalationMatrix(file, self.house, self._area_names, number=number, absent=self._absent)

    def levels_for(self, facts: Mapping[str, object]) -> tuple[Level, ...]:
        """The levels that a case with these facts can reach, in order."""
        known = self._with_branch(facts)
        return tuple(level for level in self.file.levels if level.if_.hold(known))

    def level(self, number: int) -> Level | None:
        return next((level for level in self.file.levels if level.level == number), None)

    def told_at(self, level: Level, area: str, day: date | None = None) -> tuple[StaffRef, ...]:
        """Whom a level tells about a case of this area, each once."""
        return self._told(level.tell, self._known(area), day)

    def stand_ins(self, area: str) -> tuple[StaffRef, ...]:
        """Everybody who may deliver for an area."""
        holders = [self._areas[area].holder(place) for place in PLACES[:3]] if area in self._areas else []
        return tuple(self.people[one] for one in holders if one and one in self.people)

    def _with_branch(self, facts: Mapping[str, object]) -> Mapping[str, object]:
        return {**facts, "branch": self.house.branches.get(str(facts.get("service_point")))}

    def _known(self, area: str) -> str:
        return area if area in self._areas else self.file.customer_care

    def _there(self, who: str, area: str, day: date | None, said: str | None) -> tuple[StaffRef, str | None]:
        """Whoever is there in place of ``who``, and the observation that says so."""
        row = standing_in(self.file, who, area, day, self.house.deputies) if day else (who,)
        absence = absence_of(self.file, who, day) if day and len(row) > 1 else None
        if absence is None or row[-1] not in self.people:
            return self.people[who], said
        away = self._absent.format(name=self.people[who].name, until=absence.to.isoformat())
        return self.people[row[-1]], f"{said} {away}" if said else away

    def _told(self, whom: Sequence[str], area: str, day: date | None) -> tuple[StaffRef, ...]:
        there = (self._there(one, area, day, None)[0] for one in self._ids(whom, area))
        return tuple(dict.fromkeys(there))

    def _ids(self, whom: Sequence[str], area: str) -> Iterable[str]:
        """Members who work here; at least one, unless nobody is asked for."""
        found = [one for word in whom for one in self._named(word, area) if one in self.people]
        return found or (self._instead(area) if whom else [])

    def _named(self, word: str, area: str) -> Sequence[str]:
        if word in PLACES:
            holder = self._areas[area].holder(word)
            return (holder,) if holder else ()
        return self.house.roles.get(word, ()) if word in ROLES else (word,)

    def _instead(self, area: str) -> list[str]:
        """The first of those who answer for the area, then for customer care, that still works here."""
        held = [self._areas[one].holder(place) for one in (area, self.file.customer_care) for place in PLACES]
        found = next((one for one in held if one and one in self.people), None)
        if found is None:
            raise LookupError(f"of {area} and of customer care nobody works here any more")
        return [found]
