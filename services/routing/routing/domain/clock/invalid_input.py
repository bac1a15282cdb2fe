# SPDX-License-Identifier: Apache-2.0
"""What a rule answers when it cannot work with what it was given."""

from pydantic import Field

from ventanilla_contracts.envelope import Frozen


class InvalidInput(Frozen):
    """Names the field as the caller wrote it (``stops[1].to``), a stable code, and the facts that its words need.

    The words are in ``locale/deadlines.*.yaml`` under ``errors``; an HTTP door answers 422 with them.
    """

    field: str
    code: str
    facts: dict[str, str] = Field(default_factory=dict)
