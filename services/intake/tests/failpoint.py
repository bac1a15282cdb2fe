# SPDX-License-Identifier: Apache-2.0
"""``python failpoint.py WORD intake api``: a process of intake that kills itself where it reads WORD in a mail."""

import os
import runpy
import signal
import sys
from typing import Any

from intake.domain.mail import parse

word, module = sys.argv[1].encode(), sys.argv[2]
read_mail = parse.read_mail


def dies_at_the_word(raw: bytes, *limits: Any) -> Any:
    if word in raw:
        os.kill(os.getpid(), signal.SIGKILL)
    return read_mail(raw, *limits)


parse.read_mail = dies_at_the_word  # type: ignore[assignment]
sys.argv = [module, *sys.argv[3:]]
runpy.run_module(module, run_name="__main__", alter_sys=True)
