# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of an event as its writer sends it: closed, with what is optional left optional."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from ventanilla_contracts.envelope import Event

Schema = dict[str, Any]


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic's signature
        return False


def schema(event: type[Event]) -> Schema:
    """The closed JSON Schema 2020-12 of what a writer may send."""
    # "validation" and not "serialization", which requires what has a default too: others may leave it out
    generated = event.model_json_schema(schema_generator=_WithoutFieldTitles, mode="validation")
    definitions = generated.pop("$defs", {})
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:ventanilla:{event.TYPE}",
        "title": generated.pop("title"),
        "description": generated.pop("description"),
        "x-topic": event.TOPIC,
        **generated,
        "$defs": definitions,
    }
