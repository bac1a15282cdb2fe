# SPDX-License-Identifier: Apache-2.0
"""Which words are one word to the search, and which are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.searching.stems import stems


@pytest.mark.parametrize(
    "same",
    [
        "devolución devoluciones devolucion DEVOLUCIÓN",
        "atención atenciones atencion",
        "reclamación reclamo reclamaciones",
        "pagó pagaron pago pagos",
        "crédito créditos credito",
        "médica médicos medico",
        "afiliación afiliado afiliadas afiliar",
        "energía energias",
        "inglés ingles inglesa",
        "razón razones",
    ],
)
def test_forms_of_a_word_are_one(same: str) -> None:
    assert len(set(stems(same))) == 1


@pytest.mark.parametrize("different", ["cuota cuarto", "vivienda vía", "salud saldo", "pago país"])
def test_other_words_are_others(different: str) -> None:
    assert len(set(stems(different))) == 2


def test_the_commonest_words_are_not_looked_for() -> None:
    assert stems("no me la han de lo que y a") == []


@given(st.text())
def test_any_text_has_stems_of_plain_letters(text: str) -> None:
    assert all(stem.isascii() and stem == stem.lower() and " " not in stem for stem in stems(text))
