# SPDX-License-Identifier: Apache-2.0
"""What a case is about and who has it: the rules' proposal (CNF-06, CNF-07) and a person's correction."""

from collections.abc import Mapping
from datetime import datetime

from chassis.decision import Decision, Refused
from routing.domain.case import Case
from routing.domain.classifying.classification import Classification
from routing.domain.classifying.proposal import FIELDS
from routing.domain.clock.clock import set_deadline, start_timers
from routing.domain.closing import close_compliment
from routing.domain.commands import Assign, Classify
from routing.domain.handling import Handling
from routing.domain.matrix.escalation import escalate_at_once, watch_levels
from routing.domain.matrix.facts import facts_of_case
from routing.domain.matrix.matrix import Assignment
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.routing import CaseAssigned, CaseClassified

BY_A_PERSON = "by-a-person"


def say_classified(handling: Handling, about: Classification, actor: Actor) -> None:
    """The case is about this from now on."""
    said = CaseClassified(actor=actor, **about.model_dump(exclude={"legal_support"}))
    status = "classified" if handling.case.status == "filed" else handling.case.status
    handling.say(said, classification=about, status=status)


def say_assigned(handling: Handling, policy: Policy, assignment: Assignment, actor: Actor) -> None:
    """This responder has the case from now on; a compliment comes with its observation (CNF-08)."""
    about = handling.case.classification
    if about is not None and about.kind == "compliment":
        assignment = assignment.model_copy(update={"observation": policy.observations.compliment})
    status = "assigned" if handling.case.status == "classified" else handling.case.status
    said = CaseAssigned(actor=actor, **{name: getattr(assignment, name) for name in Assignment.model_fields})
    handling.say(said, assignment=assignment, assigned_at=handling.now, status=status)


def assign_by_matrix(handling: Handling, policy: Policy, number: int | None = None) -> None:
    """Find the responder from the classification; say so if it is another one, or as another area's (CNF-07).

    By the version in force, or by the ``number``-th; the case goes on by its levels.
    """
    matrix = policy.matrix if number is None else policy.matrix_of(number)
    assignment = matrix.assign(facts_of_case(handling.case), policy.calendar.local_date(handling.now))
    before = handling.case.assignment
    handling.change(matrix_number=matrix.number)
    if before is None or _differs(assignment, before):
        say_assigned(handling, policy, assignment, ROUTING)


def classify(policy: Policy, case: Case, command: Classify, now: datetime) -> Decision[Case] | Refused:
    """A person corrects the classification: the case is assigned again, its term counted from the same receipt."""
    about = _corrected(policy, case, command)
    if isinstance(about, Refused):
        return about
    about = about.model_copy(update={"term": "ordered"}) if case.has_ordered_term else about
    handling = Handling(case, now)
    handling.change(calm=_calm(case, about, command))
    say_classified(handling, about, command.actor)
    assign_by_matrix(handling, policy)
    set_deadline(handling, policy, "reclassified")
    handling.cancel_timers()
    if about.kind == "compliment":
        close_compliment(handling, policy)
    else:
        start_timers(handling, policy)
        escalate_at_once(handling, policy)
    return handling.decision(due=handling.case.deadline.due.isoformat() if handling.case.deadline else None)


def may_assign(policy: Policy, case: Case, actor: Actor) -> bool:
    """Customer care any case; the head of an area those that it has."""
    area = case.assignment.area if case.assignment else ""
    return actor.role != "head" or actor.id in [one.id for one in policy.matrix.stand_ins(area)]


def assign(policy: Policy, case: Case, command: Assign, now: datetime) -> Decision[Case] | Refused:
    """A person gives the case to another responder."""
    if not may_assign(policy, case, command.actor):
        return Refused("not-your-area", "forbidden")
    responder, before = policy.matrix.people.get(command.responder), case.assignment
    if responder is None or before is None:
        return Refused("unknown-member", "invalid", "responder", {"id": command.responder})
    handling = Handling(case, now)
    changes = {"responder": responder, "rule": BY_A_PERSON, "observation": command.observation}
    say_assigned(handling, policy, before.model_copy(update=changes), command.actor)
    if case.stop is None:
        watch_levels(handling, policy)
    return handling.decision(responder=responder.id)


def _differs(assignment: Assignment, before: Assignment) -> bool:
    return (assignment.area, assignment.responder, assignment.copies) != (before.area, before.responder, before.copies)


def _calm(case: Case, about: Classification, command: Classify) -> Classification | None:
    """What a person says holds when the case can wait again, but for what makes that it cannot."""
    if case.calm is None or command.priority is not None:
        return None
    return about.model_copy(update={"priority": case.calm.priority, "term": command.term or case.calm.term})


def _corrected(policy: Policy, case: Case, command: Classify) -> Classification | Refused:
    known: dict[str, Mapping[str, object]] = {
        "area": policy.classifier.areas,
        "attribute": policy.classifier.attributes,
        "regulator_category": policy.classifier.regulator_categories,
    }
    for field, names in known.items():
        value = getattr(command, field)
        if value is not None and value not in names:
            values = {"value": value, "choices": ", ".join(names)}
            return Refused("unknown-choice", "invalid", field, values)
    if case.classification is None:
        raise ValueError("a case is classified when it is filed")
    said = {name: value for name in Classification.model_fields if (value := getattr(command, name, None)) is not None}
    area = policy.classifier.areas[str(said.get("area", case.classification.area))]
    changes = {**said, "area_name": area.name, "by": "person", "rules": (), **_settled(case.classification, said)}
    return case.classification.model_copy(update=changes)


def _settled(before: Classification, said: Mapping[str, object]) -> dict[str, object]:
    """Which fields a person decided, and which still wait for one."""
    by_person = tuple(field for field in FIELDS if field in said or field in before.by_person)
    return {"by_person": by_person, "waiting": tuple(field for field in before.waiting if field not in said)}
