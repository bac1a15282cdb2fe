# SPDX-License-Identifier: Apache-2.0
"""Phrases in what people write: accents, case, signs, beginnings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from routing.domain.words import Phrase, PhraseIndex, covers, plain

PHRASE = TypeAdapter(Phrase)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("cuota monetaria", "No me llegó la CUOTA\nMONETARIA.", True),
        ("no me llegó", "no me llego nada", True),
        ("queja", "quejas", False),
        ("felicit*", "¡Felicitaciones!", True),
        ("felicit*", "los felicito", True),
        ("no me pag*", "que no me pagaron", True),
        ("no me pag*", "no me he pagado", False),
        ("mora", "la demora", False),
        ("niño", "los NIÑO", True),
        ("eps", "la E.P.S. Sura", False),
        ("reclamo", "reclamo—otra vez", True),
    ],
)
def test_a_phrase_is_found_as_people_write_it(phrase: str, text: str, found: bool) -> None:
    written = PHRASE.validate_python(phrase)
    assert PhraseIndex([written]).found_in(text) == (frozenset([written]) if found else frozenset())


@pytest.mark.parametrize("phrase", ["", "...", "*", "pag*", "a b*"])
def test_a_phrase_without_words_or_with_too_short_a_beginning_is_refused(phrase: str) -> None:
    with pytest.raises(ValidationError, match="expected"):
        PHRASE.validate_python(phrase)


words = st.lists(st.sampled_from(["subsidio", "de", "vivienda", "felicitaciones", "pago", "pagos"]), max_size=6)
phrases = st.sampled_from(["subsidio", "subsidio de vivienda", "felicit*", "de vivienda", "pago", "subsidio de viv*"])


@given(words, phrases, phrases)
def test_what_covers_a_phrase_is_found_wherever_that_is(text: list[str], general: str, special: str) -> None:
    phrases = [PHRASE.validate_python(one) if not one.endswith("viv*") else one for one in (general, special)]
    found = PhraseIndex(phrases).found_in(" ".join(text))
    assert not (covers(*phrases) and phrases[1] in found) or phrases[0] in found


@given(st.text())
def test_plain_text_is_plain_already_the_second_time(text: str) -> None:
    assert plain(plain(text)) == plain(text)
