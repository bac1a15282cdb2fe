# SPDX-License-Identifier: Apache-2.0
"""The settings of satisfaction."""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from chassis.settings import ServiceSettings


class SatisfactionSettings(ServiceSettings):
    """Those of every service, and how many of which claims are called, and when (CNF-11)."""

    service: ClassVar[str] = "satisfaction"

    port: int = Field(8104, ge=0, le=65535, description="port to listen at, 0 to 65535")
    subsidy_areas: Annotated[frozenset[str], NoDecode] = Field(
        frozenset({"subsidios", "family-subsidy"}),
        description="codes of the areas whose claims are sampled, comma separated",
    )
    sample_size: int = Field(100, ge=1, description="how many subsidy claims are called a month, at least 1")
    sample_draw_hour: int = Field(
        6, ge=0, le=23, description="local hour of the first day of a month at which the month before is drawn, 0 to 23"
    )
    calling_hours_file: Path | None = Field(None, description="path of a YAML file like data/calling-hours.yaml")

    @field_validator("subsidy_areas", mode="before")
    @classmethod
    def _split_areas(cls, value: object) -> object:
        return {area for part in value.split(",") if (area := part.strip())} if isinstance(value, str) else value
