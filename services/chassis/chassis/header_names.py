# SPDX-License-Identifier: Apache-2.0
"""Reading records whose headers have names in no UTF-8, at which aiokafka would stay for ever.

Kafka takes any bytes there; aiokafka decodes them strictly, deep inside, so that one such record blocks its whole
partition. What it cannot read is parsed again by its own parser in Python, with such bytes escaped (``\\xff``).
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy


def read_any_header_name() -> None:
    """From now on, in this process."""
    fetcher.MemoryRecords = _Records


class _Records:
    """The batches of one fetched portion, as aiokafka's fetcher asks for them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._records: Any = MemoryRecords(data)
        self._taken = 0

    def size_in_bytes(self) -> int:
        size: int = self._records.size_in_bytes()
        return size

    def has_next(self) -> bool:
        there: bool = self._records.has_next()
        return there

    def next_batch(self) -> "_Batch | None":
        batch = self._records.next_batch()
        self._taken += 1
        return None if batch is None else _Batch(batch, self._data, self._taken - 1)


class _Batch:
    """A batch; asked for its records, it has a second way to read them."""

    def __init__(self, batch: Any, data: bytes, number: int) -> None:
        self._batch = batch
        self._data = data
        self._number = number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._batch))
        except (UnicodeDecodeError, CorruptRecordException):
            return iter(_readable(self._data, self._number))


def _readable(data: bytes, number: int) -> Any:
    """The batch again; what is wrong beyond a name raises CorruptRecordException as before."""
    batches = _MemoryRecordsPy(data)
    for _ in range(number):
        batches.next_batch()
    batch = _DefaultRecordBatchPy(bytes(batches._next_slice or b""))
    batch._maybe_uncompress()
    batch._buffer = _AnyName(batch._buffer)
    return batch


class _AnyName(bytearray):
    """Bytes of which any part can be decoded."""

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return _AnyName(found) if isinstance(found, bytearray) else found

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return super().decode(encoding, "backslashreplace" if errors == "strict" else errors)
