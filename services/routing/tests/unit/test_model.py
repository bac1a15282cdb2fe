# SPDX-License-Identifier: Apache-2.0
"""A trained model: what it learns, what it shows, what a file of it holds, and which files are refused."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from routing.learning.evaluation import f1_by_class, macro
from routing.learning.example import Example
from routing.learning.features import counted, readable
from routing.learning.model import Model
from routing.learning.model_file import RefusedModel, read_model, write_model
from routing.learning.samples import read_samples
from routing.learning.training import TooFew, trained
from routing.organisation.policy_files import read_classification

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HEALTH = ("No hay cita con el médico", "La cita del médico se demora", "El médico no dio cita", "Quiero cita médica")
CREDIT = ("La cuota del préstamo subió", "No sé la cuota del préstamo", "Pagué el préstamo y la cuota", "Otro préstamo")
NAME = "Zacarías Xiloxochitl"
"""Of an invented person, who wrote one of the texts."""


def examples() -> list[Example]:
    health = [Example(text, {"area": "salud", "kind": "complaint"}) for text in HEALTH]
    return [*health, *(Example(f"{text} {NAME}" if not n else text, {"area": "credito", "kind": "petition"})
                       for n, text in enumerate(CREDIT))]  # fmt: skip


@cache
def tiny() -> Model:
    return trained(examples(), read_classification(), NOW)


def test_it_proposes_what_it_learned_with_confidence_and_the_words_as_they_were_written() -> None:
    credit, health = tiny().propose(["¿Y mi PRÉSTAMO?", "Espero la cita con el médico"])
    assert (credit.guesses["area"].value, health.guesses["area"].value) == ("credito", "salud")
    assert credit.guesses["area"].words == ("préstamo",)
    assert set(health.guesses["area"].words) >= {"médico", "cita"}
    assert 0.5 < health.guesses["area"].confidence <= 1
    assert health.model == tiny().about.version


def test_a_text_that_holds_nothing_known_is_proposed_without_words_and_without_confidence() -> None:
    for text in ("", "¡¡¡", "1.000.142"):
        [found] = tiny().propose([text])
        assert found.guesses["area"].words == ()
        assert found.guesses["area"].confidence < 0.6


def test_many_at_once_are_proposed_as_one_by_one() -> None:
    texts = [*HEALTH, "", *CREDIT]
    assert tiny().propose(texts) == [one for text in texts for one in tiny().propose([text])]
    assert tiny().propose([]) == []


def test_the_same_texts_make_the_same_model() -> None:
    again = trained(examples(), read_classification(), NOW)
    assert again.about == tiny().about


def test_values_that_the_policy_does_not_know_are_not_learned() -> None:
    unknown = [Example(f"planta de aguas {n}", {"area": "acueducto"}) for n in range(3)]
    model = trained([*examples(), *unknown], read_classification(), NOW)
    assert model.about.values["area"] == ("credito", "salud")


@pytest.mark.parametrize("given", [[], [Example("hola", {"area": "salud"})]])
def test_nothing_is_learned_from_too_little(given: list[Example]) -> None:
    with pytest.raises(TooFew):
        trained(given, read_classification(), NOW)


def test_what_one_person_alone_wrote_leaves_no_trace() -> None:
    pieces = counted([readable(NAME)]).indices
    shared = {int(one) for text in (*HEALTH, *CREDIT) for one in counted([readable(text)]).indices}
    alone = [piece for piece in pieces if piece not in shared]
    assert alone
    assert not np.isin(alone, tiny().numbers.columns).any()


@pytest.mark.parametrize("private", ["1.000.142.777", "ana.prueba@correo.example", "CAJA-2026-000001-1", "3001234567"])
def test_numbers_and_addresses_are_not_even_seen(private: str) -> None:
    assert readable(f"Hola {private} adiós") == "hola adios"


def test_a_file_holds_no_word_of_anybody(tmp_path: Path) -> None:
    path = write_model(tiny(), tmp_path)
    with np.load(path, allow_pickle=False) as parts:
        assert sorted(parts.files) == ["about", "bias", "columns", "idf", "weights"]
        assert {parts[name].dtype.kind for name in ("bias", "columns", "idf", "weights")} == {"f", "i"}
        about = bytes(parts["about"]).decode()
    assert not [word for text in (*HEALTH, *CREDIT, NAME) for word in text.split() if len(word) > 5 and word in about]


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = write_model(tiny(), tmp_path)
    again = read_model(path)
    assert path.name == f"classifier-{tiny().about.version}.npz"
    assert again.about == tiny().about
    assert again.propose(list(HEALTH)) == tiny().propose(list(HEALTH))
    assert (again.about.samples, again.about.corrections) == (8, 0)


def _rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    with np.load(path, allow_pickle=False) as parts:
        held = {name: parts[name] for name in parts.files}
    held["about"] = json.loads(bytes(held["about"]))
    change(held)
    held["about"] = np.frombuffer(json.dumps(held["about"]).encode(), dtype=np.uint8)
    np.savez_compressed(path, **held)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda held: held["about"].update(scikit_learn="0.24.1"), "was made by scikit-learn 0.24.1, here is"),
        (lambda held: held["about"].update(scheme="older"), "was made by another version of routing (older"),
        (lambda held: held.update(bias=held["bias"] + np.float32(1)), "was changed since it was written"),
        (lambda held: held["about"]["values"].update(area=["a", "b"]), "was changed since it was written"),
        (lambda held: held.update(bias=held["bias"][:-1]), "has numbers that do not fit together"),
        (lambda held: held.update(columns=held["columns"] + np.int32(1 << 20)), "has numbers that do not fit"),
        (lambda held: held["about"].pop("version"), "is no model, or is damaged"),
        (lambda held: held.pop("idf"), "is no model, or is damaged"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_in_words(tmp_path: Path, change: Any, why: str) -> None:
    path = write_model(tiny(), tmp_path)
    _rewritten(path, change)
    with pytest.raises(RefusedModel) as refused:
        read_model(path)
    assert why in str(refused.value)
    assert str(refused.value).endswith("train a new one: python -m routing classifier train")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a zip", b"\x80\x04\x95pickle", b"hello"])
def test_what_is_no_model_at_all_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(RefusedModel, match="is no model, or is damaged"):
        read_model(path)


def test_a_pickle_inside_is_never_opened(tmp_path: Path) -> None:
    path = write_model(tiny(), tmp_path)
    _rewritten(path, lambda held: held.update(idf=np.array([Exploding()], dtype=object)))
    with pytest.raises(RefusedModel, match="is no model, or is damaged"):
        read_model(path)


class Exploding:
    def __reduce__(self) -> Any:
        return (pytest.fail, ("a pickle was opened",))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RefusedModel, match=r"gone\.npz cannot be read .*; name a file that can"):
        read_model(tmp_path / "gone.npz")


def test_the_sample_set_is_as_large_and_as_wide_as_it_says_and_speaks_the_policys_words() -> None:
    samples, file = read_samples(), read_classification()
    assert len({example.text for example in samples}) == len(samples) >= 400
    assert len({example.values["area"] for example in samples}) >= 12
    assert {example.values["area"] for example in samples} == {area.id for area in file.areas}
    assert {example.values["attribute"] for example in samples} <= {one.id for one in file.attributes}
    assert {example.values["regulator_category"] for example in samples} <= {
        one.id for one in file.regulator_categories
    }


def test_f1_counts_what_is_missed_and_what_is_wrongly_found() -> None:
    found = f1_by_class(["a", "a", "b", "c"], ["a", "b", "b", "a"])
    assert found == pytest.approx({"a": 0.5, "b": 2 / 3, "c": 0.0})
    assert macro(found) == pytest.approx((0.5 + 2 / 3) / 3)
