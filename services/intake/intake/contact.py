# SPDX-License-Identifier: Apache-2.0
"""How else the organisation can be reached, as its pages say it."""

from dataclasses import dataclass
from typing import Self

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

from intake.settings import IntakeSettings


@dataclass(frozen=True, slots=True)
class Contact:
    """Settings of the organisation; what is empty is not shown."""

    mail: str
    phone: str = ""
    addresses: tuple[str, ...] = ()
    hours: str = ""
    policy_url: str = ""

    @classmethod
    def of(cls, settings: IntakeSettings) -> Self:
        return cls(
            mail=settings.org_mail_address,
            phone=settings.org_phone,
            addresses=settings.org_addresses,
            hours=settings.org_hours,
            policy_url=settings.data_policy_url,
        )

    @property
    def phone_link(self) -> str:
        """``tel:+57…`` (RFC 3966), or nothing where it is no number that can be dialled from anywhere."""
        try:
            return format_number(parse(self.phone, "CO"), PhoneNumberFormat.RFC3966)
        except NumberParseException:
            return ""
