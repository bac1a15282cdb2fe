# SPDX-License-Identifier: Apache-2.0
"""The settings of reporting."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from chassis.settings import ServiceSettings


class ReportingSettings(ServiceSettings):
    """Those of every service, and what the organisation wants to reach."""

    service: ClassVar[str] = "reporting"

    port: int = Field(8105, ge=0, le=65535, description="port to listen at, 0 to 65535")
    goals_file: Path | None = Field(None, description="path of a YAML file like data/goals.yaml")
    audit_hours: float = Field(
        24.0, ge=0, description="hours from one audit of the house to the next; 0: only by `python -m reporting audit`"
    )
