# SPDX-License-Identifier: Apache-2.0
"""intake as it is, but for its group commit: each command has a transaction of its own."""

from chassis import commands
from intake.__main__ import app

if __name__ == "__main__":
    commands.MOST_AT_ONCE = 1
    app()
