# SPDX-License-Identifier: Apache-2.0
"""What aiokafka's own parser cannot read is read all the same; the rest as before (ADR 0007)."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.memory_records import MemoryRecords

from chassis.header_names import _Records

NONE, GZIP = 0, 1


class Name(str):
    """What is no text."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"x-\xff"


def batch(*names: str, compression: int = NONE) -> bytes:
    """One record for each name of a header."""
    builder = _DefaultRecordBatchBuilderPy(2, compression, 0, -1, -1, -1, 16_384)
    for n, name in enumerate(names):
        builder.append(n, 1_700_000_000_000 + n, b"k", b"value %d" % n, [("ce_id", b"1"), (name, b"2")])
    return bytes(builder.build())


def read(records: Any) -> Iterator[Any]:
    """As aiokafka's fetcher does."""
    while records.has_next():
        found = records.next_batch()
        assert found.validate_crc()
        for record in found:
            yield record.offset, record.timestamp, record.key, record.value, list(record.headers)


@pytest.mark.parametrize("compression", [NONE, GZIP])
def test_a_name_that_is_no_text_comes_escaped_and_nothing_else_changes(compression: int) -> None:
    found = list(read(_Records(batch("a", Name("b"), "c", compression=compression))))
    assert [headers[1] for *_, headers in found] == [("a", b"2"), (r"x-\xff", b"2"), ("c", b"2")]
    assert [(at, when, key, value) for at, when, key, value, _ in found] == [
        (n, 1_700_000_000_000 + n, b"k", b"value %d" % n) for n in range(3)
    ]


def test_it_may_be_in_any_of_several_batches() -> None:
    data = batch("a", "b") + batch("c", Name("d")) + batch("e")
    assert [headers[1][0] for *_, headers in read(_Records(data))] == ["a", "b", "c", r"x-\xff", "e"]


def test_what_can_be_read_is_read_as_aiokafka_does() -> None:
    data = batch("a", "ñ") + batch("c", compression=GZIP)
    assert list(read(_Records(data))) == list(read(MemoryRecords(data)))
    assert _Records(data).size_in_bytes() == MemoryRecords(data).size_in_bytes()


def test_aiokafka_by_itself_raises() -> None:
    """Once it does not any more, this module can go."""
    with pytest.raises(UnicodeDecodeError):
        list(read(MemoryRecords(batch("a", Name("b")))))


def test_what_is_wrong_beyond_a_name_still_raises() -> None:
    whole = batch("a", "b")
    cut = whole[:-4] + b"\xff\xff\xff\xff"
    records = _Records(cut).next_batch()
    assert records is not None
    with pytest.raises(CorruptRecordException):
        list(records)
