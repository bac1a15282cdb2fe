# SPDX-License-Identifier: Apache-2.0
"""What schemathesis cannot know by itself (named by schemathesis.toml)."""

import schemathesis


@schemathesis.serializer("message/rfc822")
def _mail(_: schemathesis.SerializationContext, value: object) -> bytes:
    """A mail is its bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
