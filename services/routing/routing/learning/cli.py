# SPDX-License-Identifier: Apache-2.0
"""`python -m routing classifier train | evaluate | report` (docs/routing.md)."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from chassis.mongo import Database, Unavailable
from chassis.settings import load
from chassis.yaml_file import or_exit
from routing.domain.classifying.classification import Classifier
from routing.domain.classifying.file import ClassificationFile
from routing.learning.example import Example
from routing.organisation.legal_data import load_calendar, load_terms
from routing.organisation.policy_files import read_classification
from routing.settings import RoutingSettings

T = TypeVar("T")

Policy = Annotated[
    Path | None, typer.Option("--classification", envvar="CLASSIFICATION_FILE", help="a classification.yaml")
]
Samples = Annotated[
    Path | None, typer.Option("--samples", help="a sample set of your own, a CSV with the columns of ours")
]
SamplesOnly = Annotated[
    bool, typer.Option("--samples-only", help="without the house's own cases; needs no settings and no database")
]

classifier = typer.Typer(no_args_is_help=True, help="the trained model behind proposals of a classification (CNF-06)")


@classifier.command()
def train(
    out: Annotated[Path, typer.Option("--out", help="folder of the models")] = Path(),
    policy: Policy = None,
    samples: Samples = None,
    samples_only: SamplesOnly = False,
    corrections_only: Annotated[bool, typer.Option("--corrections-only", help="without a sample set")] = False,
) -> None:
    """Write a new model, learned from the sample set and from what the house's people decided."""
    from routing.learning.model_file import write_model  # they take seconds to import
    from routing.learning.training import TooFew, trained

    written = [] if corrections_only else _samples(samples)
    corrected = [] if samples_only else _of_the_house(_corrections)
    try:
        model = trained([*written, *corrected], _policy(policy), datetime.now(UTC))
        path = write_model(model, out)
    except TooFew as error:
        _fail(f"nothing was trained: {error}")
    except OSError as error:
        _fail(f"--out {out}: the model cannot be written ({error.strerror})")
    print(f"{path}: learned from {len(written)} samples and {len(corrected)} corrections; name it in CLASSIFIER_MODEL")


@classifier.command()
def evaluate(
    policy: Policy = None,
    samples: Samples = None,
    folds: Annotated[int, typer.Option(min=2, max=20, help="into how many parts the texts are cut, not held out")] = 5,
) -> None:
    """Train on three quarters of the sample set and compare rules, model and both on the rest."""
    from routing.learning.evaluation import Rules, evaluated
    from routing.learning.judging import evaluation_lines

    rules = Rules(Classifier(_policy(policy)), load_terms(), load_calendar())
    try:
        found = evaluated(_samples(samples), rules, folds)
    except ValueError as error:
        _fail(f"there are too few samples of some area to compare anything: {error}")
    _print(evaluation_lines(found))


@classifier.command()
def report(model: Annotated[Path, typer.Argument(help="a model file")], samples_only: SamplesOnly = False) -> None:
    """What a model is made of, and how the proposals fared with the house's people."""
    from routing.learning.corrections import fared
    from routing.learning.judging import fared_lines, model_lines
    from routing.learning.model_file import RefusedModel, read_model

    try:
        _print(model_lines(read_model(model).about))
    except RefusedModel as error:
        _fail(str(error))
    if not samples_only:
        _print(fared_lines(_of_the_house(fared)))


async def _corrections(database: Database) -> list[Example]:
    from routing.learning.corrections import corrections

    return await corrections(database)


def _samples(path: Path | None) -> list[Example]:
    from routing.learning.samples import SAMPLES, NoSamples, read_samples

    try:
        return read_samples(path or SAMPLES)
    except NoSamples as error:
        _fail(str(error))


def _policy(path: Path | None) -> ClassificationFile:
    return or_exit(lambda: read_classification(path))


def _of_the_house(read: Callable[[Database], Awaitable[T]]) -> T:
    settings = load(RoutingSettings)

    async def reading() -> T:
        database = Database(settings.mongodb_uri, settings.database)
        try:
            return await read(database)
        finally:
            database.close()

    try:
        return asyncio.run(reading())
    except Unavailable:
        _fail("MONGODB_URI: the database does not answer; --samples-only does without")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _fail(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    raise typer.Exit(2)
