# SPDX-License-Identifier: Apache-2.0
"""What each consumer needs of each event: stated, seen, and verified (docs/message-contracts.md)."""
