# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a mail; each is recorded, none stops the parse."""

from enum import StrEnum


class Defect(StrEnum):
    """A fault of the mail, in a code that the desk translates."""

    NO_HEADERS = "no-headers"
    BROKEN_HEADER = "broken-header"
    MISSING_BLANK_LINE = "missing-blank-line"
    TOO_MANY_HEADERS = "too-many-headers"
    HEADER_TOO_LONG = "header-too-long"
    SEVERAL_SENDERS = "several-senders"
    BAD_DATE = "bad-date"
    NO_BOUNDARY = "no-boundary"
    UNCLOSED_MULTIPART = "unclosed-multipart"
    NESTED_TOO_DEEP = "nested-too-deep"
    TOO_MANY_PARTS = "too-many-parts"
    BROKEN_ENCODING = "broken-encoding"
    REPAIRED_ENCODING = "repaired-encoding"
    UNKNOWN_ENCODING = "unknown-encoding"
    WRONG_CHARSET = "wrong-charset"
    UNPARSEABLE = "unparseable"


BEYOND_LIMITS = frozenset({Defect.TOO_MANY_HEADERS, Defect.NESTED_TOO_DEEP, Defect.TOO_MANY_PARTS})
"""What a person must look at: something in this mail was not taken apart."""
