# SPDX-License-Identifier: Apache-2.0
"""What somebody typed into a form of a case's page, so that the form stands filled where the page comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import Request

from chassis.web.csrf import FIELD
from routing.versions import FIELD as VERSION
from ventanilla_contracts.envelope import FileRef

KEPT = "kept_files"
_NOT_TYPED = frozenset({FIELD, VERSION, KEPT})
_LONG = 30
_IN_FORM_OF = {"answering/pass-draft": "answering/return-draft"}
"""A second button of another form."""


@dataclass(frozen=True)
class Typed:
    """``form`` is the form's address after that of the case, as ``answer`` or ``clock/extend``.

    ``files`` are those that were attached: they are kept already.
    """

    form: str = ""
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Sequence[FileRef] = ()

    def text(self, form: str, name: str, otherwise: object = "") -> object:
        """What stood in a field of that form; ``otherwise`` where it was another form."""
        values = self.fields.get(name, ()) if form == self.form else ()
        return values[0] if values else otherwise

    def has(self, form: str, name: str, value: str, *, otherwise: bool = False) -> bool:
        """Whether that was chosen in that form."""
        return value in self.fields.get(name, ()) if form == self.form else otherwise

    def files_of(self, form: str) -> Sequence[FileRef]:
        return self.files if form == self.form else ()

    @property
    def anchor(self) -> str:
        """The heading of its form."""
        return f"{self.form.rpartition('/')[2]}-title" if self.form else ""

    @property
    def copies(self) -> list[str]:
        """Longer words, to be copied where the form is not there any more."""
        values = [value for name, typed in self.fields.items() if name not in _NOT_TYPED for value in typed]
        return [value for value in values if " " in value.strip() or len(value) > _LONG]


async def typed_in(request: Request, number: str, files: Sequence[FileRef] = ()) -> Typed:
    """Nothing where the page was only asked for."""
    if request.method != "POST":
        return Typed()
    form = await request.form()
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    sent_to = request.url.path.partition(f"/cases/{number}/")[2]
    return Typed(_IN_FORM_OF.get(sent_to, sent_to), fields, files)
