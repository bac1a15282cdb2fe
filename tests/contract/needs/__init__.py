# SPDX-License-Identifier: Apache-2.0
"""What each consumer needs of each event: stated, seen, and verified (docs/message-contracts.md)."""

import os

os.environ["PACT_DO_NOT_TRACK"] = "true"  # pact's core would tell a statistics server of each run
