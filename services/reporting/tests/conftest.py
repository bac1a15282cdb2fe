# SPDX-License-Identifier: Apache-2.0
import sys
from pathlib import Path

pytest_plugins = ["chassis.testing"]

sys.path.insert(0, str(Path(__file__).parent))  # the events that several test modules tell
