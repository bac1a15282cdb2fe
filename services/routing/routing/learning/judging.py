# SPDX-License-Identifier: Apache-2.0
"""What `python -m routing classifier evaluate` and `report` print."""

from collections.abc import Iterator, Mapping

from routing.learning.corrections import Fared
from routing.learning.evaluation import Evaluation, Score, macro
from routing.learning.model import About
from ventanilla_contracts.vocabulary import ClassifiedField

HONEST = (
    "The sample set was written by the makers of the rules, is small, and tells its classes apart on few texts each:\n"
    "these figures say how the parts compare, not how a house's own cases will fare. `report` says that.\n"
    "Both: what routing decides by itself; where it asks a person, the default that holds meanwhile counts."
)


def evaluation_lines(found: Evaluation) -> Iterator[str]:
    """Macro-F1 by field, then F1 by class, of rules alone, the model alone, and both as routing combines them."""
    yield f"learned from {found.learned_from} texts, held out {found.held_out}; a person is asked in {found.asked:.0%}"
    yield HONEST
    yield ""
    yield f"{'macro-F1':<22}{'rules':>7}{'model':>7}{'both':>7}   {'folds':<11}{'decided':>8}{'rightly':>8}"
    for name, score in found.scores.items():
        macros = (macro(score.rules), macro(score.model), macro(score.both))
        folds = f"{min(score.folds):.2f}-{max(score.folds):.2f}" if score.folds else "too few"
        figures = "".join(f"{one:7.2f}" for one in macros)
        yield f"{name:<22}{figures}   {folds:<11}{score.decided:8.0%}{score.right:8.0%}"
    for name, score in found.scores.items():
        yield ""
        yield f"{name + ', F1 by class':<30}{'texts':>6}{'rules':>7}{'model':>7}{'both':>7}"
        yield from _classes(score)


def _classes(score: Score) -> Iterator[str]:
    for value, texts in score.texts.items():
        figures = "".join(f"{of[value]:7.2f}" for of in (score.rules, score.model, score.both))
        yield f"  {value:<28}{texts:6}{figures}"


def model_lines(about: About) -> Iterator[str]:
    """What a model says of itself."""
    yield f"model        {about.version}"
    learned_from = f"{about.samples} samples and {about.corrections} corrections of the house"
    yield f"trained at   {about.trained_at}, on {learned_from}"
    yield f"made by      scikit-learn {about.scikit_learn}, {about.scheme}; policy {about.policy}"
    yield f"sha256       {about.sha256}"
    for name, values in about.values.items():
        yield f"knows        {name}: {', '.join(values)}"


def fared_lines(found: Mapping[tuple[str, ClassifiedField], Fared]) -> Iterator[str]:
    """How proposals fared with the people of the house; only what somebody decided can be counted."""
    yield ""
    if not found:
        yield "nobody has decided about a proposal yet"
        return
    yield f"{'model':<22}{'field':<20}{'accepted':>9}{'corrected':>10}   most often"
    for (model, name), fared in sorted(found.items()):
        corrected = fared.corrected.total()
        often = ", ".join(f"{was} → {is_} ({times})" for (was, is_), times in fared.corrected.most_common(3))
        yield f"{model:<22}{name:<20}{fared.accepted:9}{corrected:10}   {often}"
