# SPDX-License-Identifier: Apache-2.0
"""What the organisation has laid down, as the rules of a case need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.domain.answering.rules import Answering, no_rules
from routing.domain.classifying.classification import Classifier
from routing.domain.clock.calendar import Calendar
from routing.domain.clock.deadlines import OnCompletion
from routing.domain.clock.deadlines import Policy as AnchorPolicy
from routing.domain.clock.terms import Terms
from routing.domain.clock.words import DeadlineWords
from routing.domain.matrix.matrix import EscalationMatrix
from routing.domain.promising.slas import NO_SLAS, SlasFile
from ventanilla_contracts.envelope import Actor

ROUTING = Actor(id="routing", role="service")
"""Who acts where no person does."""


@dataclass(frozen=True)
class Observations:
    """Sentences that go into events, in the organisation's language; the sources have places for names."""

    compliment: str
    not_contacted: str
    tutela_source: str
    regulator_source: str


@dataclass(frozen=True)
class Policy:
    """``reminder_days``: business days before the due date (CNF-04); ``anchor``: how filings out of hours count.

    ``matrix`` is the version in force, ``matrices`` all that were, by number.
    ``reply_reminder_days``, ``reply_escalation_days``: business days after which somebody is told that a stopped clock
    waits for the house.

    ``on_completion``: whether the term goes on or begins again once a request is complete (CPACA art. 17); ``words`` by
    language; ``answering``: who looks at an answer before it goes out (CNF-09).
    """

    classifier: Classifier
    matrix: EscalationMatrix
    terms: Terms
    calendar: Calendar
    observations: Observations
    reminder_days: int = 2
    reply_reminder_days: int = 1
    reply_escalation_days: int = 3
    anchor: AnchorPolicy = "receipt"
    on_completion: OnCompletion = "resume"
    slas: SlasFile = NO_SLAS
    words: Mapping[str, DeadlineWords] = field(default_factory=dict)
    answering: Answering = field(default_factory=no_rules)
    matrices: Mapping[int, EscalationMatrix] = field(default_factory=dict)

    def matrix_of(self, number: int) -> EscalationMatrix:
        """The version by which a case goes on; the one in force where it is not known."""
        return self.matrices.get(number, self.matrix)

    @property
    def counts_by(self) -> str:
        """Names everything that a legal term and the promise beside it are computed by: if it changes, open cases are
        computed again.
        """
        rules = (self.terms.version, self.calendar.version, self.anchor, self.on_completion, self.slas.version)
        return " ".join(rules)
