# SPDX-License-Identifier: Apache-2.0
"""BSON documents, encoded and measured before a transaction begins."""

from collections.abc import Mapping
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument, tz_aware=True)

MAX_DOCUMENT_BYTES = 15 * 1024 * 1024
"""MongoDB takes 16 MB; the rest is room for what the server adds."""


class Unstorable(ValueError):
    """What was decided cannot be a document: too large, or holds what BSON has no form for."""


def encoded(document: Mapping[str, Any]) -> RawBSONDocument:
    """The document as bytes, ready to write. Raises Unstorable."""
    try:
        data = bson.encode(document, codec_options=CODEC)
    except (bson.errors.BSONError, UnicodeEncodeError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise Unstorable(type(error).__name__) from error
    if len(data) > MAX_DOCUMENT_BYTES:
        raise Unstorable(f"{len(data)} bytes, at most {MAX_DOCUMENT_BYTES}")
    return RawBSONDocument(data, codec_options=_RAW)
