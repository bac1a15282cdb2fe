# SPDX-License-Identifier: Apache-2.0
"""Asks the trained model about the filings of a batch before they are decided (the chassis's hook ``prepare``).

A model is loaded in a thread, once something is to be consumed; what imports scikit-learn waits until then. One that
cannot be used, or fails, alarms, and the rules decide alone: no filing waits for a model.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from chassis.decision import Received
from chassis.inputs import Input
from chassis.log import get_logger
from chassis.records import Readable
from chassis.subjects import Subject
from routing.domain.classifying.proposal import FiledWithProposal, Proposal
from routing.learning.example import asked_text
from ventanilla_contracts.intake import CaseFiled

_log = get_logger(__name__)

REFUSED, FAILED = "classifier-model-refused", "classifier-model-failed"
CURE = "train a new model, or take CLASSIFIER_MODEL away"


class Asked(Protocol):
    """A model that is ready."""

    def propose(self, texts: Sequence[str]) -> list[Proposal]: ...


def load_model(path: Path) -> Asked:
    """Raises RefusedModel. Takes a second, most of it for scikit-learn."""
    from routing.learning.model_file import read_model  # where no model is named it is not paid for

    return read_model(path)


class Proposing:
    """``path`` None: there is no model, and nothing is asked. ``alarm`` is told what a person must look at."""

    def __init__(self, path: Path | None, load: Callable[[Path], Asked] = load_model) -> None:
        self.alarm: Callable[[str], None] = lambda _: None
        self._path = path
        self._load = load
        self._loaded: asyncio.Task[Asked | None] | None = None

    async def ready(self) -> bool:
        """Load the model, if there is one; whether it is used."""
        return await self._model() is not None

    async def __call__(self, inputs: Sequence[tuple[Input, Subject]]) -> None:
        new = [(item, found) for item, subject in inputs if subject.state is None and (found := _filed(item))]
        model = await self._model() if new else None
        if model is None:
            return
        texts = [asked_text(found.event.personal.subject, found.event.personal.text) for _, found in new]
        try:
            proposals = await asyncio.to_thread(model.propose, texts)
        except Exception as error:  # whatever a model does, the cases are taken in
            self.alarm(FAILED)
            _log.error(FAILED, error=type(error).__name__, cure=CURE)
            return
        for (item, found), proposal in zip(new, proposals, strict=True):
            item.message = FiledWithProposal(found, proposal)

    async def _model(self) -> Asked | None:
        if self._path is None:
            return None
        if self._loaded is None:
            self._loaded = asyncio.create_task(self._read(self._path))
        return await asyncio.shield(self._loaded)

    async def _read(self, path: Path) -> Asked | None:
        try:
            model = await asyncio.to_thread(self._load, path)
        except Exception as error:  # a file of strangers, or a library that is not there
            self.alarm(REFUSED)
            reason = str(error) if isinstance(error, ValueError) else type(error).__name__
            _log.error(REFUSED, reason=reason, cure=CURE)
            return None
        _log.info("classifier-model-loaded", model=path.name)
        return model


def _filed(item: Input) -> Received[CaseFiled] | None:
    """The filing in an input that has not been prepared yet."""
    parsed = item.parsed
    if item.message is not None or not isinstance(parsed, Readable) or not isinstance(parsed.event, CaseFiled):
        return None
    envelope = parsed.envelope
    return Received(parsed.event, envelope.id, envelope.subject, envelope.time, parsed.origin.topic)
