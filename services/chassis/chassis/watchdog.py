# SPDX-License-Identifier: Apache-2.0
"""Ends a process whose event loop hangs: a catastrophic regex answers no /livez and holds the interpreter (hazard 15).

The interpreter's own timer thread does it, which needs no interpreter lock; whoever supervises the process starts it
anew, and `attempts` keep it from dying there for ever.
"""

import asyncio
import faulthandler
import os
from pathlib import Path

HANG_SECONDS = 120.0
STEP_SECONDS = 5.0


async def watch(seconds: float = HANG_SECONDS) -> None:
    """Until cancelled, put off the end of this process; it comes ``seconds`` after the loop last turned.

    Nothing is printed: a stack may hold what no log is to hold.
    """
    with Path(os.devnull).open("w") as nowhere:  # noqa: ASYNC230 (nothing to wait for)
        try:
            while True:
                faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
                await asyncio.sleep(min(STEP_SECONDS, seconds / 4))
        finally:
            faulthandler.cancel_dump_traceback_later()
