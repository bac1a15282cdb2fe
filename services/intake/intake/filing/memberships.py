# SPDX-License-Identifier: Apache-2.0
"""The organisation's list of what is checked before somebody becomes a member (MEMBERSHIP_FILE; CSC-06)."""

from pathlib import Path

from intake.domain.membership.file import MembershipFile, Memberships
from intake.organisation_file import load_file


def load_memberships(path: Path | None) -> Memberships:
    """Nobody asks to belong without a file. What is wrong with it: a line each on stderr, and exit 2."""
    return Memberships() if path is None else Memberships(load_file(path, MembershipFile, "MEMBERSHIP_FILE"))
