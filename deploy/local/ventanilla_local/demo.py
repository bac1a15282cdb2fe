# SPDX-License-Identifier: Apache-2.0
"""`make demo`."""


def demo(*, minutes: float, seed: int, stays: bool) -> int:
    raise NotImplementedError
