# SPDX-License-Identifier: Apache-2.0
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from chassis.ids import (
    Signer,
    child_traceparent,
    new_id,
    new_traceparent,
    normalise_code,
    random_code,
    trace_id,
    uuid5_id,
)

OLD, NEW = "o" * 32, "n" * 32


def test_the_same_parts_give_the_same_id_for_ever() -> None:
    assert uuid5_id("intake-cases", "case", 7) == uuid5_id("intake-cases", "case", 7)
    assert uuid5_id("intake-cases", "case", 7) == "19c1504f-0e09-52ca-a6ca-c64aec25023c"


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_parts_never_share_an_id(one: list[str], other: list[str]) -> None:
    assert (uuid5_id(*one) == uuid5_id(*other)) == (one == other)


def test_new_ids_differ() -> None:
    assert uuid.UUID(new_id()) != uuid.UUID(new_id())


def test_a_child_stays_in_the_trace_with_a_span_of_its_own() -> None:
    parent = new_traceparent()
    child = child_traceparent(parent)
    assert trace_id(child) == trace_id(parent)
    assert child != parent


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "",
        "nonsense",
        f"00-{'0' * 32}-{'1' * 16}-01",
        f"00-{'a' * 32}-{'0' * 16}-01",
        f"ff-{'a' * 32}-{'b' * 16}-01",
    ],
)
def test_a_missing_or_malformed_parent_begins_a_new_trace(broken: str | None) -> None:
    assert trace_id(broken) is None
    assert trace_id(child_traceparent(broken)) is not None


def test_a_code_has_no_look_alikes_and_at_least_sixty_bits() -> None:
    code = random_code()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]", code)
    assert len(code.replace("-", "")) * 5 >= 60
    assert random_code() != code


@pytest.mark.parametrize("typed", ["0123-ABCD-1110-Z", " o123 abcd iLi0 z ", "0123abcd1110z"])
def test_a_code_is_understood_as_people_type_it(typed: str) -> None:
    assert normalise_code(typed) == "0123-ABCD-1110-Z"


@pytest.mark.parametrize("typed", ["", "0123", "0123-ABCD-1110-ZZ", "0123-ABCD-1110-U"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert normalise_code(typed) is None


def test_a_signature_holds_for_its_message_and_purpose_only() -> None:
    signer = Signer([SecretStr(NEW)])
    signature = signer.sign("tracking", "case-1")
    assert signer.verify("tracking", "case-1", signature)
    assert signer.verify("tracking", "case-1", signature.upper())
    assert not signer.verify("tracking", "case-2", signature)
    assert not signer.verify("rating", "case-1", signature)
    assert not signer.verify("tracking", "case-1", signature[:-1])
    assert not signer.verify("tracking", "case-1", "ñandú")


def test_a_key_can_be_rotated() -> None:
    before, during, after = Signer([OLD]), Signer([NEW, OLD]), Signer([NEW])
    signature = before.sign("session", "me")
    assert during.verify("session", "me", signature)
    assert during.sign("session", "me") == after.sign("session", "me")
    assert not after.verify("session", "me", signature)


def test_a_signature_fits_into_the_message_id_of_the_contracts() -> None:
    assert re.fullmatch(r"[a-z2-7]{26}", Signer([NEW]).sign("message-id", "x"))


def test_a_signer_without_keys_is_refused() -> None:
    with pytest.raises(ValueError):
        Signer([])
