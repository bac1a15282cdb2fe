# SPDX-License-Identifier: Apache-2.0
"""YAML that comes with a service or an organisation, read by libyaml where it is there: ten times as fast."""

from typing import Any

import yaml

SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str | bytes) -> Any:
    """Plain values only. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506 (it is a safe one)
