# SPDX-License-Identifier: Apache-2.0
"""What the organisation has laid down, as the rules of a case need it."""

from dataclasses import dataclass

from routing.domain.calendar import Calendar
from routing.domain.classification import Classifier
from routing.domain.deadlines import Policy as AnchorPolicy
from routing.domain.matrix import EscalationMatrix
from routing.domain.terms import Terms
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
    """``reminder_days``: business days before the due date (CNF-04); ``anchor``: how filings out of hours count."""

    classifier: Classifier
    matrix: EscalationMatrix
    terms: Terms
    calendar: Calendar
    observations: Observations
    reminder_days: int = 2
    anchor: AnchorPolicy = "receipt"
