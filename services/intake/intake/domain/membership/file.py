# SPDX-License-Identifier: Apache-2.0
"""The organisation's list of what is checked before somebody becomes a member (MEMBERSHIP_FILE)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chassis.faults import Fault, repeated_ids
from ventanilla_contracts.envelope import FileRef, Frozen
from ventanilla_contracts.intake import Code

MOST_REQUIREMENTS = 40

FileKind = Literal["pdf", "image", "text-document", "spreadsheet"]

TYPES: Mapping[FileKind, tuple[str, ...]] = {
    "pdf": ("application/pdf",),
    "image": ("image/",),
    "text-document": (
        "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml",
        "application/vnd.oasis.opendocument.text",
    ),
    "spreadsheet": (
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
}
"""How the media types of each kind begin."""

ENDINGS: Mapping[FileKind, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "image": (".jpg", ".jpeg", ".png", ".webp", ".heic", ".tif", ".tiff"),
    "text-document": (".doc", ".docx", ".odt"),
    "spreadsheet": (".xls", ".xlsx", ".ods"),
}


class Words(Frozen):
    """A text as people read it, in both languages."""

    es: Annotated[str, Field(min_length=1, max_length=200)]
    en: Annotated[str, Field(min_length=1, max_length=200)]

    def read_in(self, locale: str) -> str:
        return self.en if locale == "en" else self.es


class LongWords(Words):
    """The same, with room for an explanation."""

    es: Annotated[str, Field(min_length=1, max_length=1_000)]
    en: Annotated[str, Field(min_length=1, max_length=1_000)]


class Question(Frozen):
    """A condition that the person answers with yes or no."""

    code: Code
    text: LongWords


class Asked(Frozen):
    """A requirement of a kind: a document, or what a ``person`` of the house looks up.

    ``when``: a question of its kind; it is asked only of who answers that with yes. ``files``: what a document may be,
    nothing named is everything.
    """

    code: Code
    name: Words
    about: LongWords | None = None
    by: Literal["document", "person"] = "document"
    when: Code | None = None
    files: tuple[FileKind, ...] = ()

    def takes(self, file: FileRef) -> bool:
        """Whether the file is of a kind that does: by its type, or, as browsers often know none, by its name."""
        return not self.files or any(_is(file, kind) for kind in self.files)

    @model_validator(mode="after")
    def _files_of_documents(self) -> Self:
        if self.by == "person" and self.files:
            raise ValueError(
                f"{self.code}: a person looks it up, so it has no files; leave `files` or `by: person` out"
            )
        return self


class MembershipKind(Frozen):
    """One way to belong, and what is checked before."""

    code: Code
    name: Words
    about: LongWords | None = None
    questions: tuple[Question, ...] = ()
    requirements: Annotated[tuple[Asked, ...], Field(min_length=1, max_length=MOST_REQUIREMENTS)]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        questions = [one.code for one in self.questions]
        each_once(questions, f"{self.code}: question")
        each_once((one.code for one in self.requirements), f"{self.code}: requirement")
        for one in self.requirements:
            if one.when is not None and one.when not in questions:
                known = ", ".join(questions) or "none yet"
                raise ValueError(f"{one.code}: `when: {one.when}` is no question of {self.code}; name one ({known})")
        if all(one.when for one in self.requirements):
            raise ValueError(f"{self.code}: somebody may have nothing to bring; leave out `when` of one requirement")
        if unused := sorted(set(questions) - {one.when for one in self.requirements}):
            raise ValueError(f"{self.code}: nothing depends on {', '.join(unused)}; name it in a `when`, or drop it")
        return self

    def of(self, holds: Iterable[str]) -> tuple[Asked, ...]:
        """What is asked of who answers these questions with yes."""
        yes = set(holds)
        return tuple(one for one in self.requirements if one.when is None or one.when in yes)


class MembershipFile(Frozen):
    """The file MEMBERSHIP_FILE; every change gets a new ``version``."""

    version: Annotated[str, Field(min_length=1, max_length=40)]
    kinds: Annotated[tuple[MembershipKind, ...], Field(min_length=1)]


def membership_faults(file: MembershipFile) -> Iterator[Fault]:
    """Kinds of the same code."""
    yield from repeated_ids("kinds", [kind.code for kind in file.kinds], "code")


class Memberships:
    """The kinds that the organisation has; none without a file."""

    def __init__(self, file: MembershipFile | None = None) -> None:
        self.version = file.version if file else ""
        self.kinds = file.kinds if file else ()

    def kind(self, code: str) -> MembershipKind | None:
        return next((kind for kind in self.kinds if kind.code == code), None)


def each_once(codes: Iterable[str], what: str) -> None:
    """Raises ValueError with those that stand twice."""
    said = list(codes)
    if twice := sorted({code for code in said if said.count(code) > 1}):
        raise ValueError(f"{what} stands twice: {', '.join(twice)}; each needs a code of its own")


def _is(file: FileRef, kind: FileKind) -> bool:
    return file.type.lower().startswith(TYPES[kind]) or file.name.lower().endswith(ENDINGS[kind])
