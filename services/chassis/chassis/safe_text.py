# SPDX-License-Identifier: Apache-2.0
"""What others wrote, as text for people: nothing in it can steer a terminal or turn the direction of writing."""

import re

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def without_controls(text: str) -> str:
    """What a person typed, without the signs that nobody can see; lines and tabs stay."""
    return _UNSEEN.sub("", text)


def text_of(value: bytes) -> str:
    """Bytes as text; what is no UTF-8 as escapes."""
    return printable(value.decode("utf-8", "backslashreplace"))


def printable(text: str) -> str:
    """Unprintable signs as escapes; lines and tabs stay."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else ascii(sign)[1:-1] for sign in text)
