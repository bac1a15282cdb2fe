# SPDX-License-Identifier: Apache-2.0
"""The keys of topics as small numbers, so that what is known of each fits into arrays."""

from array import array

from ventanilla_contracts.audits import BUCKETS, bucket_of

NOWHERE = 0xFFFF


class Keys:
    """All subjects of one kind (cases, submissions), in the order in which they were met, and the partition of each."""

    def __init__(self) -> None:
        self.index: dict[bytes, int] = {}
        self.names: list[bytes] = []
        self.partition = array("H")
        self._buckets: list[array[int]] = []

    def at(self, key: bytes) -> int:
        """The number of a key, from 0."""
        found = self.index.get(key)
        if found is None:
            found = self.index[key] = len(self.names)
            self.names.append(key)
            self.partition.append(NOWHERE)
        return found

    def in_bucket(self, bucket: int) -> "array[int]":
        """The numbers of the keys of a bucket; to be asked once all keys are known."""
        if not self._buckets:
            self._buckets = [array("I") for _ in range(BUCKETS)]
            for n, name in enumerate(self.names):
                self._buckets[bucket_of(name)].append(n)
        return self._buckets[bucket]

    def text(self, n: int) -> str:
        return self.names[n].decode("utf-8", "replace")

    def __len__(self) -> int:
        return len(self.names)


def grown(values: "array[int]", n: int) -> "array[int]":
    """The same array with room for index ``n``: zeros are added, many at a time."""
    if n >= len(values):
        values.frombytes(bytes(values.itemsize * (n + 1 - len(values) + 65_536)))
    return values
