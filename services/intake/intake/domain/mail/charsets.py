# SPDX-License-Identifier: Apache-2.0
"""Bytes to text when the declared charset is right, a near miss, unknown or a lie."""

import codecs
import re

from charset_normalizer import from_bytes

# What senders declare and what they mean (WHATWG Encoding Standard): each is a superset of its left-hand side.
_MEANT = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
# Labels that Python does not know.
_ALIASES = {
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "x-mac-roman": "mac-roman",
    "windows-31j": "cp932",
}
# Text codecs of Python that are no charset of a mail; idna takes quadratic time on what a stranger sends.
_NOT_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_NOT_OVER_ASCII = ("utf-16", "utf-32", "utf-7", "hz", "cp037", "cp5", "cp1026", "cp1140")
_SPANISH = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡ºª°«»“”‘’–—…•€®©·´ \u00a0")
_SAMPLE = 32_768
_LEAST_EVIDENCE = 12


def codec_for(label: str) -> str | None:
    """The codec that decodes what this charset label means, None if there is no such charset."""
    cleaned = re.sub(r"[^a-z0-9_.:-]", "", label.lower())
    try:
        name = codecs.lookup(_ALIASES.get(cleaned, cleaned)).name
        b"".decode(name)
    except (LookupError, ValueError):
        return None
    return None if name.replace("_", "-") in _NOT_CHARSETS else _MEANT.get(name, name)


def decode(data: bytes, declared: str | None = None) -> tuple[str, bool]:
    """The text, and whether the declared charset (ASCII when there is none) was true of it."""
    if data.isascii() and b"\x1b" not in data and (declared is None or _keeps_ascii(declared)):
        return data.decode("ascii"), True
    codec = codec_for(declared) if declared else None
    for candidate in (codec, "utf-8"):
        text = _strictly(data, candidate)
        if text is not None:
            return text, candidate == codec
    if codec == "utf-8" and _almost_utf8(data):
        return data.decode("utf-8", "replace"), False
    return _guess(data), False


def _keeps_ascii(declared: str) -> bool:
    codec = codec_for(declared)
    return codec is None or not codec.startswith(_NOT_OVER_ASCII)


def _strictly(data: bytes, codec: str | None) -> str | None:
    if codec is None:
        return None
    try:
        return _without_surrogates(data.decode(codec))
    except (UnicodeError, LookupError, ValueError):
        return None


def _without_surrogates(text: str) -> str:
    """UTF-7 can spell half a character, which no database or broker takes (hazards.md 2)."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _almost_utf8(data: bytes) -> bool:
    """UTF-8 cut or damaged in few places, rather than another charset."""
    lost = data.decode("utf-8", "replace").count("\ufffd")
    high = sum(1 for byte in data[:_SAMPLE] if byte > 0x7F)
    return lost * 10 <= high


def _guess(data: bytes) -> str:
    """Spanish in the charsets of Windows, DOS and the old Mac first; else what charset-normalizer thinks.

    Measured: on Spanish texts shorter than some lines charset-normalizer answers UTF-16, Big5 or cp1250.
    """
    sample = data[:_SAMPLE]
    high = bytes(byte for byte in sample if byte > 0x7F)
    for codec in ("cp1252", "cp850", "mac-roman"):
        letters = high.decode(codec, "replace")
        if b"\x00" not in sample and sum(letter in _SPANISH for letter in letters) >= 0.9 * len(letters):
            return data.decode(codec, "replace")
    best = from_bytes(sample).best() if len(high) >= _LEAST_EVIDENCE else None
    if best is not None:
        return _without_surrogates(data.decode(best.encoding, "replace"))
    return _strictly(data, "cp1252") or data.decode("latin-1")
