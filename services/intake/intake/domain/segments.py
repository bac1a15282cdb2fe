# SPDX-License-Identifier: Apache-2.0
"""Segments: which people are served apart, such as large clients (ICX-12)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chassis.decision import Refused
from chassis.faults import Fault, repeated_ids
from intake.domain.identity import Document, document
from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.intake import Person
from ventanilla_contracts.vocabulary import DocumentType

_DOMAIN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"


class SegmentDocument(Frozen):
    """A document as people write it; a NIT may have its check digit."""

    type: DocumentType
    number: str

    @model_validator(mode="after")
    def _right(self) -> Self:
        found = document(self.type, self.number)
        if isinstance(found, Refused):
            raise ValueError(f"{self.type} {self.number}: {found.code}; write it as it stands on the document")
        return self

    def read(self) -> Document:
        found = document(self.type, self.number)
        assert isinstance(found, Document)  # noqa: S101  # was tested above
        return found


class Segment(Frozen):
    """Who has one of the documents, or writes from one of the domains, is in it."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    documents: tuple[SegmentDocument, ...] = ()
    mail_domains: tuple[Annotated[str, Field(pattern=_DOMAIN)], ...] = ()


class SegmentsFile(Frozen):
    """The file SEGMENTS_FILE."""

    version: Literal[1]
    segments: tuple[Segment, ...]


class Segments:
    """Which segment a person is in."""

    def __init__(self, segments: tuple[Segment, ...] = ()) -> None:
        self.all = segments
        self._by_key: Mapping[str, str] = {key: segment.code for segment in segments for key in _keys(segment)}
        self._names = {segment.code: segment.name for segment in segments}

    def of(self, person: Person) -> str | None:
        """By document first, then by the domain of the e-mail address; None for everybody else."""
        found = self._by_key.get(f"{person.document_type} {person.document_number}")
        return found or self._by_key.get((person.email or "").rpartition("@")[2].casefold())

    def name(self, code: str | None) -> str | None:
        """As people read it; a segment that was written down by hand stands for itself."""
        return self._names.get(code, code) if code else None


def segment_faults(file: SegmentsFile) -> Iterator[Fault]:
    """What stands twice: then nobody could say which segment a person is in."""
    yield from repeated_ids("segments", [segment.code for segment in file.segments], "code")
    known: dict[str, str] = {}
    for n, segment in enumerate(file.segments):
        for key in _keys(segment):
            if key in known:
                yield Fault(("segments", n), f"{key} is in {known[key]} already", "keep it in one of them")
            known.setdefault(key, segment.code)


def _keys(segment: Segment) -> list[str]:
    documents = (one.read() for one in segment.documents)
    return [*(f"{one.type} {one.number}" for one in documents), *segment.mail_domains]
