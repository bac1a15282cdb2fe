# SPDX-License-Identifier: Apache-2.0
"""``X-SFC-Signature``: HMAC-SHA256 in upper-case hex, of a body exactly as it is sent, or of a whole address."""

import hashlib
import hmac
import json
from collections.abc import Mapping

HEADER = "X-SFC-Signature"


def body_of(values: Mapping[str, object]) -> str:
    """The one writing of JSON that both sides sign: ", " and ": ", nothing escaped, fields in their order.

    >>> body_of({"codigo_queja": "1", "nombres": "José Peña"})
    '{"codigo_queja": "1", "nombres": "José Peña"}'
    """
    return json.dumps(values, ensure_ascii=False)


def signature(key: str, said: str) -> str:
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest().upper()
