# SPDX-License-Identifier: Apache-2.0
"""The settings of the role ``receive``: where mail servers hand over, who may, and how much."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from chassis.settings import ServiceSettings

_LISTEN = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]\s]+)):(\d{1,5})")
_HOST_AND_PORT = "host:port such as 127.0.0.1:8125, or empty: off"


@dataclass(frozen=True, slots=True)
class Listen:
    host: str
    port: int


def parse_listen(value: str) -> Listen | None:
    """None where it is empty. ValueError where it is no ``host:port``."""
    if not value.strip():
        return None
    found = _LISTEN.fullmatch(value.strip())
    if found is None or int(found[3]) > 65535:
        raise ValueError("expected host:port")
    return Listen(found[1] or found[2], int(found[3]))


class ReceiveSettings(ServiceSettings):
    """Nothing is listened to unless SMTP_LISTEN or LMTP_LISTEN is set."""

    smtp_listen: str = Field("", description=_HOST_AND_PORT)
    lmtp_listen: str = Field("", description=_HOST_AND_PORT)
    receive_certificate: Path | None = Field(None, description="a PEM file with the certificate and its chain")
    receive_key: Path | None = Field(None, description="a PEM file with the certificate's private key")
    receive_tls: Literal["offered", "required", "immediate"] = Field(
        "offered", description="with a certificate: STARTTLS offered, STARTTLS required, or TLS from the first byte"
    )
    receive_peers: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="addresses and networks that may hand over mail, comma separated; empty: any"
    )
    receive_connections: int = Field(100, ge=1, description="connections at a time, at least 1")
    receive_recipients: int = Field(100, ge=1, description="recipients of a mail, at least 1 (RFC 5321 asks for 100)")
    receive_timeout_seconds: float = Field(300.0, gt=0, description="seconds of silence that end a connection, above 0")

    @field_validator("receive_peers", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        return (
            [ip_network(one) for part in value.split(",") if (one := part.strip())] if isinstance(value, str) else value
        )

    @field_validator("smtp_listen", "lmtp_listen")
    @classmethod
    def _is_listen(cls, value: str) -> str:
        parse_listen(value)
        return value

    @model_validator(mode="after")
    def _certificate_and_key(self) -> Self:
        if (self.receive_certificate is None) != (self.receive_key is None):
            raise ValueError("RECEIVE_CERTIFICATE and RECEIVE_KEY go together")
        if self.receive_tls != "offered" and self.receive_certificate is None:
            raise ValueError("RECEIVE_TLS needs RECEIVE_CERTIFICATE and RECEIVE_KEY")
        return self
