# SPDX-License-Identifier: Apache-2.0
"""`python deathwatch.py PARENT SIGNAL COMMAND…` becomes COMMAND, and gets SIGNAL when PARENT dies, however it dies."""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1

parent, signal_number, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
if os.getppid() != parent:  # it died before we asked
    sys.exit(1)
os.execvp(command[0], command)  # noqa: S606
