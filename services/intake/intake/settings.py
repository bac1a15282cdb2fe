# SPDX-License-Identifier: Apache-2.0
"""The settings of intake."""

from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from chassis.settings import ServiceSettings
from intake.domain.proposing import LinkRules
from intake.imap_address import ImapAddress, parse_imap_address
from intake.webhooks import Secrets, parse_secrets


class IntakeSettings(ServiceSettings):
    """Those of every service, and where mail comes from."""

    service: ClassVar[str] = "intake"

    port: int = Field(8101, ge=0, le=65535, description="port to listen at, 0 to 65535")
    imap_url: SecretStr = Field(
        SecretStr(""),
        description="imap(s)://user:password@host:port/FOLDER, several with commas; without a user it is "
        "ORG_MAIL_ADDRESS; empty reads no mailbox",
    )
    imap_poll_seconds: float = Field(3.0, gt=0, description="seconds between two looks into the mailboxes, above 0")
    largest_mail: int = Field(40_000_000, ge=100_000, description="bytes of a mail that is read, at least 100000")
    most_files: int = Field(20, ge=0, le=100, description="files that may come with one form, 0 to 100")
    own_mail_addresses: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="further addresses of the organisation, comma separated"
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
    webhook_secrets: Annotated[Secrets, NoDecode] = Field(
        {},
        description="name=whsec_…, several with commas: a channel-system of the staff file and a secret for its "
        "webhooks, the base64 of 24 to 64 bytes; a name stands twice while one secret takes another's place",
    )

    @field_validator("webhook_secrets", mode="before")
    @classmethod
    def _by_sender(cls, value: object) -> object:
        return parse_secrets(value) if isinstance(value, str) else value

    @field_validator("own_mail_addresses", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return {one for part in value.split(",") if (one := part.strip())} if isinstance(value, str) else value

    @field_validator("imap_url")
    @classmethod
    def _readable(cls, value: SecretStr) -> SecretStr:
        for part in _parts(value):
            parse_imap_address(part, "")
        return value

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

    @property
    def mailboxes(self) -> tuple[ImapAddress, ...]:
        """The mailboxes to read."""
        return tuple(parse_imap_address(part, self.org_mail_address) for part in _parts(self.imap_url))

    @property
    def own_addresses(self) -> frozenset[str]:
        """In lower case: where we write from and where we read."""
        users = {box.user for box in self.mailboxes if "@" in box.user}
        return frozenset(one.casefold() for one in {self.org_mail_address, *users, *self.own_mail_addresses})


def _parts(value: SecretStr) -> list[str]:
    return [one for part in value.get_secret_value().split(",") if (one := part.strip())]
