# SPDX-License-Identifier: Apache-2.0
import sys
from pathlib import Path

pytest_plugins = ["chassis.testing"]

sys.path.insert(0, str(Path(__file__).parent))  # the toy service, which several test modules use
sys.path.insert(0, str(Path(__file__).parents[3] / "deploy" / "local"))  # servers of our own, to be killed
