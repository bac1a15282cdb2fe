# SPDX-License-Identifier: Apache-2.0
"""The settings of mail: which mailboxes are read, whose mails are believed, how much of one is read."""

import re
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from chassis.settings import ServiceSettings
from intake.domain.belonging import ReplyToClosed, ToClosed
from intake.domain.mail import MailLimits
from intake.domain.official import OfficialNotices
from intake.mail.imap_address import ImapAddress, parse_imap_address
from intake.mail.oauth import OAuthClient
from intake.mail.token_shelf import right_key

_AUTHORITY = re.compile(r"[A-Za-z0-9-]{1,20}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class MailSettings(ServiceSettings):
    """Nothing is fetched unless IMAP_URL is set."""

    imap_url: SecretStr = Field(
        SecretStr(""),
        description="imap(s)://user:password@host:port/FOLDER, several with commas; without a user it is "
        "ORG_MAIL_ADDRESS; user;AUTH=XOAUTH2 logs in by a token of IMAP_OAUTH_TOKEN_URL, with a refresh token in the "
        "place of the password; empty reads no mailbox",
    )
    imap_oauth_token_url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="http(s)://…, where access tokens of mailboxes are given (RFC 6749)",
    )
    imap_oauth_client_id: str = Field("", description="as which program intake asks for them")
    imap_oauth_client_secret: SecretStr = Field(SecretStr(""), description="its secret")
    imap_oauth_scope: str = Field("", description="for what they are asked, where the giver wants to know it")
    imap_token_keys: SecretStr = Field(
        SecretStr(""),
        description="keys of 32 bytes in URL-safe base64, commas between: the first seals the refresh tokens that come "
        "in place of those in IMAP_URL, all open; empty: such tokens are used until the process ends and not kept",
    )
    imap_poll_seconds: float = Field(3.0, gt=0, description="seconds between two looks into the mailboxes, above 0")
    imap_idle_seconds: float = Field(
        60.0,
        ge=0,
        le=1_740,
        description="seconds that a server is waited for by IDLE before it is asked again, 0 to 1740; 0: never",
    )
    largest_mail: int = Field(40_000_000, ge=100_000, description="bytes of a mail that is read, at least 100000")
    own_authserv_id: str = Field(
        "",
        max_length=255,
        description="the name under which our mail server writes Authentication-Results (RFC 8601); it must take out "
        "those that come with its name from outside. Empty: nothing is known of any sender",
    )
    official_mailbox: str = Field(
        "",
        pattern=r"^(|[^@\s]+@[^@\s]+)$",
        description="the address at which regulators send official notices; it needs OWN_AUTHSERV_ID. Empty: none",
    )
    official_senders: Annotated[dict[str, str], NoDecode] = Field(
        {},
        description="authority=domain, several with commas, as SSF=ssf.gov.co: who is a regulator at OFFICIAL_MAILBOX, "
        "if our mail server finds that the mail is from there",
    )
    mail_most_headers: int = Field(1000, ge=50, description="header fields of a mail or part that are read, 50 or more")
    mail_most_parts: int = Field(1000, ge=10, description="parts of a mail that are taken apart, 10 or more")
    mail_deepest: int = Field(30, ge=3, le=100, description="parts within parts that are taken apart, 3 to 100")
    mail_most_an_hour: int = Field(
        60, ge=0, description="mails of one address in an hour; further ones are held and not acknowledged; 0: no limit"
    )
    reply_to_closed: ReplyToClosed = Field(
        "link",
        description="what a reply to a closed case becomes: link (a new case that follows it up), append, or reopen",
    )
    reopen_within_days: int = Field(
        30, ge=1, le=3650, description="days after its closing in which REPLY_TO_CLOSED=reopen opens a case, 1 to 3650"
    )
    own_mail_addresses: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="further addresses of the organisation, comma separated"
    )

    @field_validator("official_senders", mode="before")
    @classmethod
    def _by_domain(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [one.strip().partition("=") for one in value.split(",") if one.strip()]
        wrong = next(
            (name or domain for name, sign, domain in pairs if not (sign and _AUTHORITY.fullmatch(name))), None
        )
        if wrong is not None or any(not _DOMAIN.fullmatch(domain.lower()) for _, _, domain in pairs):
            raise ValueError("expected authority=domain, as SSF=ssf.gov.co")
        return {domain.lower(): name for name, _, domain in pairs}

    @model_validator(mode="after")
    def _found_by_our_server(self) -> Self:
        if self.official_mailbox and not (self.own_authserv_id and self.official_senders):
            raise ValueError("OFFICIAL_MAILBOX needs OWN_AUTHSERV_ID and OFFICIAL_SENDERS: else nobody is a regulator")
        return self

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

    @property
    def to_closed(self) -> ToClosed:
        return ToClosed(self.reply_to_closed, self.reopen_within_days)

    @property
    def mailboxes(self) -> tuple[ImapAddress, ...]:
        """The mailboxes to read."""
        return tuple(parse_imap_address(part, self.org_mail_address) for part in _parts(self.imap_url))

    @model_validator(mode="after")
    def _tokens_from_somewhere(self) -> Self:
        by_token = any(parse_imap_address(part, "").by_token for part in _parts(self.imap_url))
        if by_token and not (self.imap_oauth_token_url and self.imap_oauth_client_id):
            raise ValueError(";AUTH=XOAUTH2 in IMAP_URL needs IMAP_OAUTH_TOKEN_URL and IMAP_OAUTH_CLIENT_ID")
        return self

    @field_validator("imap_token_keys")
    @classmethod
    def _keys(cls, value: SecretStr) -> SecretStr:
        if not all(map(right_key, _parts(value))):
            raise ValueError("each key is 32 bytes in URL-safe base64, 44 signs")
        return value

    @property
    def token_keys(self) -> tuple[str, ...]:
        return tuple(_parts(self.imap_token_keys))

    @property
    def oauth_client(self) -> OAuthClient:
        secret = self.imap_oauth_client_secret.get_secret_value()
        return OAuthClient(self.imap_oauth_token_url, self.imap_oauth_client_id, secret, self.imap_oauth_scope)

    @property
    def mail_limits(self) -> MailLimits:
        """How much of a mail is taken apart."""
        return MailLimits(self.mail_most_headers, self.mail_deepest, self.mail_most_parts)

    @property
    def own_addresses(self) -> frozenset[str]:
        """In lower case: where we write from and where we read."""
        users = {box.user for box in self.mailboxes if "@" in box.user}
        official = {self.official_mailbox} if self.official_mailbox else set()
        return frozenset(one.casefold() for one in {self.org_mail_address, *users, *self.own_mail_addresses, *official})

    @property
    def official_notices(self) -> OfficialNotices:
        """The mailbox for official notices, and who is a regulator there."""
        return OfficialNotices(self.official_mailbox.casefold(), self.official_senders)


def _parts(value: SecretStr) -> list[str]:
    return [one for part in value.get_secret_value().split(",") if (one := part.strip())]
