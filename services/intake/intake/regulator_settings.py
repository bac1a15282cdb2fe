# SPDX-License-Identifier: Apache-2.0
"""The settings of the role ``regulator``: how to reach the platform, and what it is told."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from chassis.settings import ServiceSettings
from intake.domain.regulator.file import Scope


class RegulatorSettings(ServiceSettings):
    """Nothing is pulled or reported unless REGULATOR_URL is set."""

    regulator_url: str = Field(
        "",
        pattern=r"^(|https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?/?)$",
        description="https://…, where SmartSupervision answers below /api/; empty: off",
    )
    regulator_user: str = Field("", description="the account that the regulator gave")
    regulator_password: SecretStr = Field(SecretStr(""), description="its password")
    regulator_key: SecretStr = Field(SecretStr(""), description="the secret with which requests are signed")
    regulator_codes: Path | None = Field(
        None, description="path of a file with the entity's code and what of the house the regulator supervises"
    )
    regulator_authority: str = Field("SFC", min_length=1, max_length=20, description="the regulator, as cases name it")
    regulator_reports: Scope = Field(
        "supervised",
        description="which cases of the house are reported: supervised (complaints and claims about what is in "
        "REGULATOR_CODES) or all (of any kind)",
    )
    regulator_pace_seconds: float = Field(5.0, ge=0, description="seconds between two requests, 0 or more")
    regulator_timeout_seconds: float = Field(60.0, gt=0, description="seconds that a request may take, above 0")
    regulator_look_seconds: float = Field(10.0, gt=0, description="seconds between two looks for what is owed, above 0")
    regulator_pull_seconds: float = Field(900.0, gt=0, description="seconds between two pulls of complaints, above 0")
    regulator_file_hosts: Annotated[frozenset[str], NoDecode] = Field(
        frozenset({"storage.googleapis.com"}),
        description="hosts beside the platform's own from which its files are fetched, comma separated",
    )

    @field_validator("regulator_file_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        return {one for part in value.split(",") if (one := part.strip())} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _all_of_it(self) -> Self:
        given = (
            self.regulator_user,
            self.regulator_password.get_secret_value(),
            self.regulator_key.get_secret_value(),
            self.regulator_codes,
        )
        if self.regulator_url and not all(given):
            raise ValueError(
                "REGULATOR_URL needs REGULATOR_USER, REGULATOR_PASSWORD, REGULATOR_KEY and REGULATOR_CODES"
            )
        return self

    @property
    def regulator_scope(self) -> Scope | None:
        """None where the house reports nothing."""
        return self.regulator_reports if self.regulator_url else None
