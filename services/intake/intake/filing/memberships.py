# SPDX-License-Identifier: Apache-2.0
"""The organisation's list of what is checked before somebody becomes a member (MEMBERSHIP_FILE; CSC-06)."""

from pathlib import Path

from chassis.yaml_file import load_file, or_exit
from intake.domain.membership.file import MembershipFile, Memberships, membership_faults


def load_memberships(path: Path | None) -> Memberships:
    """Nobody asks to belong without a file. What is wrong with it: a line each on stderr, and exit 2."""
    if path is None:
        return Memberships()
    return Memberships(or_exit(lambda: load_file(path, MembershipFile, "MEMBERSHIP_FILE", membership_faults)))
