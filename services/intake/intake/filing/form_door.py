# SPDX-License-Identifier: Apache-2.0
"""From a form to a submission, the same through HTTP, pages and Kafka."""

from dataclasses import dataclass, field

from chassis.decision import Refused
from chassis.files import Files
from chassis.i18n import Catalogue
from chassis.ids import new_id, random_code, uuid5_id
from intake.domain.forms import checked_form
from intake.domain.membership.asking import asked_for
from intake.domain.membership.file import Memberships
from intake.domain.municipalities import Municipalities
from intake.domain.submission import FileSubmission, form_hash
from intake.domain.texts import one_line, start_of
from intake.persons.municipalities import municipalities
from intake.uploaded.scanning import any_infected
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.vocabulary import Channel


@dataclass(frozen=True)
class FormDoor:
    """Checks forms, and makes submissions of them."""

    files: Files
    catalogue: Catalogue
    places: Municipalities = field(default_factory=municipalities)
    memberships: Memberships = field(default_factory=Memberships)

    async def submission(
        self,
        channel: Channel,
        form: SubmissionForm,
        *,
        actor: Actor,
        external_id: str | None = None,
        files: tuple[FileRef, ...] = (),
    ) -> FileSubmission | Refused:
        """``external_id`` None: the door makes one, so that this is no repetition of anything."""
        checked = checked_form(channel, form)
        if isinstance(checked, Refused):
            return checked
        if refused := self.places.refusal(checked.municipality):
            return refused
        if any_infected(*files):
            return Refused("file-infected", kind="invalid", field="$.files")
        membership = asked_for(self.memberships, checked, files)
        if isinstance(membership, Refused):
            return membership
        if membership is not None:
            checked = checked.model_copy(update={"kind": "petition"})
        content_hash = form_hash(checked, files)
        full_text, text = await self._texts(checked.text)
        external = external_id or new_id()
        return FileSubmission(
            submission_id=uuid5_id("submission", channel, external, content_hash),
            channel=channel,
            external_id=external,
            external_key=uuid5_id("external-id", channel, external) if external_id else None,
            content_hash=content_hash,
            actor=actor,
            tracking_code=random_code(),
            form=checked.model_copy(update={"text": text, "subject": one_line(checked.subject)}),
            files=files,
            full_text=full_text,
            membership=membership,
        )

    async def _texts(self, text: str) -> tuple[FileRef | None, str]:
        """An event has room for 60,000 letters, not for as many signs of six bytes."""
        start = start_of(text)
        if start == text:
            return None, text
        name = self.catalogue.t("files.full-text")
        return await self.files.put(text.encode("utf-8", "replace"), name, "text/plain"), start
