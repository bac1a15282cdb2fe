# SPDX-License-Identifier: Apache-2.0
"""What the rules must be told about the house they work in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ventanilla_contracts.envelope import StaffRef
from ventanilla_contracts.formats import LetterAddress, without_tag

_MACHINE = re.compile(r"(mailer-daemon|postmaster|bounces?|owner-.*|.*-request|.*-bounces|no-?reply|do-?not-?reply)")


@dataclass(frozen=True)
class House:
    """``oldest``: by the house's clock, a cause of more than this age does not send a letter any more (hazard 10)."""

    message_id: Callable[[LetterAddress], str]
    own_addresses: frozenset[str]
    secretariat: tuple[StaffRef, ...]
    names: Mapping[str, str]
    oldest: timedelta

    def too_old(self, caused_at: datetime, now: datetime) -> bool:
        return now - caused_at > self.oldest

    def may_be_acknowledged(self, address: str) -> bool:
        """Not ourselves and not a machine: an automatic letter to either could go round for ever (RFC 3834, 2)."""
        local_part = address.lower().partition("@")[0]
        return without_tag(address) not in self.own_addresses and _MACHINE.fullmatch(local_part) is None

    def name_of(self, actor_id: str) -> str:
        """A member's name; an id that is nobody's stands for itself."""
        return self.names.get(actor_id, actor_id)
