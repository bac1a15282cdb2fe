# SPDX-License-Identifier: Apache-2.0
"""The settings of intake."""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from intake.domain.proposing import LinkRules
from intake.mail.receive_settings import ReceiveSettings
from intake.mail.settings import MailSettings
from intake.regulator_settings import RegulatorSettings
from intake.webhooks import Secrets, parse_secrets


class IntakeSettings(ReceiveSettings, MailSettings, RegulatorSettings):
    """Those of every service, of mail and of the regulator's platform, and of what only intake does."""

    service: ClassVar[str] = "intake"

    port: int = Field(8101, ge=0, le=65535, description="port to listen at, 0 to 65535")
    clamd_address: str = Field(
        "",
        pattern=r"^(|tcp://[^/:]+:[0-9]{1,5}|unix:/.+)$",
        description="ClamAV's clamd, tcp://host:port or unix:/path; empty looks into no file for viruses",
    )
    most_files: int = Field(20, ge=0, le=100, description="files that may come with one form, 0 to 100")
    uploads_days: int = Field(
        2, ge=1, le=60, description="days that a file waits for its form to be sent before it is deleted, 1 to 60"
    )
    segments_file: Path | None = Field(
        None, description="path of a file that says which documents and mail domains are in which segment"
    )
    emergencies_file: Path | None = Field(
        None, description="path of a file with the words by which an emergency is known; without it the ones of ours"
    )
    membership_file: Path | None = Field(
        None,
        description="path of a file that says which requirements are checked before somebody becomes a member; without "
        "it nobody asks for membership here",
    )
    org_phone: str = Field("", max_length=60, description="the telephone that citizens may call, or nothing")
    org_addresses: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="where citizens are attended in person, several with semicolons"
    )
    org_hours: str = Field("", max_length=200, description="when telephone and counters attend, in words")
    data_policy_url: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="http(s)://…, the policy of data treatment (Ley 1581 de 2012)"
    )
    data_policy_version: str = Field(
        "1", min_length=1, max_length=40, description="its version, kept with each consent; change it with the policy"
    )
    duplicate_from: int = Field(
        90,
        ge=50,
        le=101,
        description="how alike the texts of one person must be, 50 to 100, to propose that a new case is a duplicate "
        "of an open one; 101: never",
    )
    duplicate_confirmed_from: int = Field(
        101, ge=50, le=101, description="from where on, 50 to 100, it is linked without asking an agent; 101: never"
    )
    duplicate_least_signs: int = Field(
        40, ge=1, le=2000, description="letters of a text that is compared at all, 1 to 2000"
    )
    duplicate_most_cases: int = Field(
        20, ge=1, le=200, description="a person's latest cases that a new one is compared with, 1 to 200"
    )
    mass_letter_from: int = Field(
        5, ge=0, le=100, description="persons who make one letter a mass letter, 2 to 100; 0: none is looked for"
    )
    mass_letter_least_words: int = Field(
        25, ge=5, le=1000, description="words of a letter that can be a mass letter, 5 to 1000"
    )
    faq_url: str = Field(
        "",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="http(s)://…, where citizens read frequent questions: /faq of routing; empty: nothing leads there",
    )
    webhook_secrets: Annotated[Secrets, NoDecode] = Field(
        {},
        description="name=whsec_…, several with commas: a channel-system of the staff file and a secret for its "
        "webhooks, the base64 of 24 to 64 bytes; a name stands twice while one secret takes another's place",
    )

    @field_validator("webhook_secrets", mode="before")
    @classmethod
    def _by_sender(cls, value: object) -> object:
        return parse_secrets(value) if isinstance(value, str) else value

    @field_validator("org_addresses", mode="before")
    @classmethod
    def _by_semicolon(cls, value: object) -> object:
        return [one for part in value.split(";") if (one := part.strip())] if isinstance(value, str) else value

    @field_validator("mass_letter_from")
    @classmethod
    def _many(cls, value: int) -> int:
        if value == 1:
            raise ValueError("one person makes no mass letter")
        return value

    @property
    def link_rules(self) -> LinkRules:
        return LinkRules(
            self.org_code,
            self.duplicate_from,
            self.duplicate_confirmed_from,
            self.duplicate_least_signs,
            self.duplicate_most_cases,
            self.mass_letter_from,
            self.mass_letter_least_words,
        )
