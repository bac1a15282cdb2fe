# SPDX-License-Identifier: Apache-2.0
import sys
from pathlib import Path

pytest_plugins = ["chassis.testing"]

sys.path.insert(0, str(Path(__file__).parent))  # the story and the mail servers that several test modules use
