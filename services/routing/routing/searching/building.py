# SPDX-License-Identifier: Apache-2.0
"""While an index is built there is nothing to search in, and whoever asks is told how far it is."""

from chassis.web.problems import Problem

RETRY_SECONDS = 5


class StillBuilding(Problem):
    """503: try again; ``done`` of ``total`` cases were read."""

    def __init__(self, done: int, total: int) -> None:
        values = {"done": done, "total": max(total, done)}
        super().__init__(503, "index-is-building", values=values, headers={"Retry-After": str(RETRY_SECONDS)})
