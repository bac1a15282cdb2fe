# SPDX-License-Identifier: Apache-2.0
"""The settings that every service shares: plain environment variables, checked at start."""

import re
import sys
import types
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar, Union, get_args, get_origin
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MAIL_DOMAIN = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
MAIL_ADDRESS = rf"^[^@\s<>\"]+@{MAIL_DOMAIN}$"
SHORTEST_SIGNING_KEY = 32


class ServiceSettings(BaseSettings):
    """A service subclasses it, sets `service`, its own `port` default, and adds what only it needs."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    service: ClassVar[str] = ""

    kafka_bootstrap_servers: str = Field(min_length=1, description="host:port, comma separated")
    kafka_topic_prefix: str = Field("", pattern=r"^[a-z0-9-]*$", description="lower-case letters, digits and hyphens")
    kafka_group_instance_id: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]{0,200}$",
        description="this instance's own name, kept over restarts and used by no other (static membership), or nothing",
    )
    mongodb_uri: str = Field(pattern=r"^mongodb(\+srv)?://", repr=False, description="mongodb://…, a replica set")
    mongodb_database: str = Field("", description="name of this service's own database")
    files_url: str = Field(
        pattern=r"^(file:///|mongodb(\+srv)?://[^/?#]+/[A-Za-z0-9_-]{1,63}(\?.*)?$)",
        repr=False,
        description="file:///directory or mongodb://host/database",
    )

    host: str = Field("127.0.0.1", min_length=1, description="address to listen at")
    port: int = Field(8100, ge=0, le=65535, description="port to listen at, 0 to 65535")
    http_body_limit: int = Field(30_000_000, ge=1_000, description="largest request body in bytes, at least 1000")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"

    count_hours: float = Field(
        24.0, ge=0, description="hours from one count of the store to the next, for the audit; 0: only when asked"
    )

    org_code: str = Field(
        pattern=r"^[A-Z0-9]{2,10}$", description="2 to 10 of A-Z and 0-9; it begins every case number"
    )
    org_name: str = Field(min_length=1, description="the organisation's name, as people read it")
    org_timezone: str = Field("America/Bogota", description="a time zone name such as America/Bogota")
    org_mail_domain: str = Field(pattern=rf"^{MAIL_DOMAIN}$", description="a domain in lower case, such as example.org")
    org_mail_address: str = Field(pattern=MAIL_ADDRESS, description="an e-mail address, its domain in lower case")
    staff_file: Path = Field(description="path of staff.yaml (python -m chassis staff init writes one)")
    signing_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        min_length=1, description=f"secrets of at least {SHORTEST_SIGNING_KEY} characters, comma separated, first signs"
    )
    public_url: str = Field(pattern=r"^https?://[^\s/]+[^\s]*$", description="http(s)://…, where citizens reach intake")

    clock_file: Path | None = Field(None, description="a file with an RFC 3339 instant; for tests only")
    clock_real_origin: AwareDatetime | None = Field(None, description="an RFC 3339 instant with offset")
    clock_origin: AwareDatetime | None = Field(None, description="an RFC 3339 instant with offset")
    clock_speed: float = Field(1.0, gt=0, description="a number above 0")

    @field_validator("signing_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        return [key for part in value.split(",") if (key := part.strip())] if isinstance(value, str) else value

    @field_validator("signing_keys")
    @classmethod
    def _keys_are_long(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < SHORTEST_SIGNING_KEY for key in keys):
            raise ValueError("a key is too short")
        return keys

    @field_validator("org_timezone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("no such time zone")
        return name

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if (self.clock_origin is None) != (self.clock_real_origin is None):
            raise ValueError("CLOCK_ORIGIN and CLOCK_REAL_ORIGIN go together")
        if self.clock_file and self.clock_origin:
            raise ValueError("CLOCK_FILE excludes CLOCK_ORIGIN: set one of them or none")
        return self

    @property
    def database(self) -> str:
        """MONGODB_DATABASE, or the service's name."""
        return self.mongodb_database or self.service

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.org_timezone)


S = TypeVar("S", bound=BaseSettings)


def load(settings_class: type[S]) -> S:
    """The settings from the environment; else a line per wrong variable on stderr, never a value, and exit 2."""
    try:
        return settings_class()
    except ValidationError as error:
        for line in complaints(settings_class, error):
            print(line, file=sys.stderr)
        raise SystemExit(2) from None


def complaints(settings_class: type[BaseSettings], error: ValidationError) -> list[str]:
    """One line per missing or wrong variable: its name and what was expected."""
    return sorted({_complaint(settings_class, dict(one)) for one in error.errors(include_url=False)})


def _complaint(settings_class: type[BaseSettings], error: dict[str, Any]) -> str:
    if not error["loc"]:
        return f"settings: {error['msg'].removeprefix('Value error, ')}"
    name = str(error["loc"][0])
    fault = "is missing" if error["type"] == "missing" else "is wrong"
    return f"{name.upper()} {fault}: expected {_expected(settings_class.model_fields.get(name.lower()), error)}"


def _expected(field: FieldInfo | None, error: dict[str, Any]) -> str:
    if field is not None and field.description:
        return field.description
    if field is not None and (choices := _choices(field.annotation)):
        return "one of " + ", ".join(choices)
    return re.sub(r"^(Value error, |Input should be )", "", str(error["msg"]))


def _choices(annotation: object) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(choice) for choice in get_args(annotation)]
    if get_origin(annotation) in (Union, types.UnionType):
        return [choice for part in get_args(annotation) for choice in _choices(part)]
    return []
