# SPDX-License-Identifier: Apache-2.0
"""How a case ended: closed, withdrawn, or another authority's. How it was rejected is in answering/records.py."""

from ventanilla_contracts.envelope import Actor, Frozen, Instant
from ventanilla_contracts.vocabulary import CloseReason, WithdrawalReason


class Withdrawn(Frozen):
    """The case ended without an answer (CPACA arts. 17, 18)."""

    reason: WithdrawalReason
    text: str | None
    by: Actor
    at: Instant


class Transferred(Frozen):
    """Another authority has it now (CPACA art. 21)."""

    to_name: str
    to_email: str | None
    text: str
    in_time: bool
    by: Actor
    at: Instant


class Closed(Frozen):
    reason: CloseReason
    at: Instant
    observation: str | None = None
