# SPDX-License-Identifier: Apache-2.0
"""The settings of notifications."""

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from chassis.settings import ServiceSettings


class NotificationsSettings(ServiceSettings):
    """Those of every service, and how mail leaves."""

    service: ClassVar[str] = "notifications"

    port: int = Field(8103, ge=0, le=65535, description="port to listen at, 0 to 65535")
    smtp_url: str = Field(
        pattern=r"^(smtp|smtps|smtp\+starttls)://([^@/\s]+@)?[^@/\s:]+(:[0-9]{1,5})?/?$",
        repr=False,
        description="smtp://, smtps:// or smtp+starttls://, then [user:password@]host[:port]",
    )
    smtp_connections: int = Field(4, ge=1, le=50, description="connections to the mail server at a time, 1 to 50")
    smtp_timeout_seconds: float = Field(20, ge=1, le=40, description="seconds for one mail, 1 to 40")
    letters_locale: Literal["es", "en"] = "es"
    letters_oldest_days: float = Field(
        3, gt=0, description="days after which a cause sends no letter by itself any more, above 0"
    )
    letters_retry_seconds: float = Field(
        30, gt=0, description="real seconds until a refused letter is tried again, doubled each time, above 0"
    )
    reply_address_tags: bool = Field(
        True, description="whether people answer to address+tag@domain; off where the mail server knows no + tags"
    )
    mail_files_limit: int = Field(
        15_000_000, ge=0, description="most bytes of files that a mail carries, before encoding"
    )

    @property
    def letters_oldest(self) -> timedelta:
        """By the house's clock: ages are real time, which an accelerated clock passes faster (design 2)."""
        speed = self.clock_speed if self.clock_origin else 1.0
        return timedelta(days=self.letters_oldest_days * speed)
