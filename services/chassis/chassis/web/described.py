# SPDX-License-Identifier: Apache-2.0
"""`<package>/web/api.yaml`: what the OpenAPI document says beside what the code says, above all examples."""

from collections.abc import Mapping
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from chassis.yaml_text import read_yaml

OWN_PACKAGE = "chassis"
ByMediaType = Mapping[str, JsonValue]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Described(_Part):
    """One operation, by its `operationId`. Examples tell of invented people, in Spanish."""

    parameters: Mapping[str, JsonValue] = Field(default_factory=dict, description="an example by name")
    request: ByMediaType = Field(default_factory=dict, description="an example by media type")
    answers: Mapping[int, ByMediaType] = Field(default_factory=dict, description="examples of good answers, by status")
    headers: Mapping[str, str] = Field(default_factory=dict, description="of good answers: name and description")
    links: Mapping[str, JsonValue] = Field(default_factory=dict, description="what a good answer leads to")
    problems: Mapping[int, Mapping[str, str | None]] = Field(
        default_factory=dict, description="by status: the codes of this operation, and the field that each names"
    )

    def and_also(self, other: "Described") -> "Described":
        """Part by part: this one's, or the other's where it says nothing."""
        return self.model_copy(
            update={name: getattr(self, name) or getattr(other, name) for name in type(self).model_fields}
        )


class ApiFile(_Part):
    """A whole file. `parameters` hold for every operation of the service, `values` fill the texts of problems."""

    about: str = ""
    tags: Mapping[str, str] = Field(default_factory=dict)
    parameters: Mapping[str, JsonValue] = Field(default_factory=dict)
    values: Mapping[str, str] = Field(default_factory=dict)
    operations: Mapping[str, Described] = Field(default_factory=dict)

    def and_also(self, other: "ApiFile") -> "ApiFile":
        """Both; where they speak of the same, this one holds."""
        both = {name: {**getattr(other, name), **getattr(self, name)} for name in _MERGED}
        names = {*other.operations, *self.operations}
        operations = {name: self._of(name).and_also(other._of(name)) for name in names}
        return ApiFile(about=self.about, operations=operations, **both)

    def _of(self, operation: str) -> Described:
        return self.operations.get(operation, Described())


_MERGED = ("tags", "parameters", "values")


def described_by(package: str) -> ApiFile:
    """The file of a package and that of the chassis. Raises ValueError where one is wrong."""
    return api_file(package).and_also(api_file(OWN_PACKAGE))


def api_file(package: str) -> ApiFile:
    """One package's own file; empty where it has none. Raises ValueError."""
    file = files(package) / "web" / "api.yaml"
    return ApiFile.model_validate(read_yaml(file.read_text("utf-8"))) if file.is_file() else ApiFile()
