# SPDX-License-Identifier: Apache-2.0
"""What /metrics says of the index."""

from prometheus_client import CollectorRegistry, Gauge

from routing.searching.searching import Searching


def measure(searching: Searching, registry: CollectorRegistry) -> None:
    """Of the process's own index: how many cases it has, how far behind the store it is, whether it is built."""
    behind = Gauge(
        "ventanilla_search_behind_seconds", "Since the index knew all that the store knew", registry=registry
    )
    cases = Gauge("ventanilla_search_cases", "Cases in the index", registry=registry)
    building = Gauge("ventanilla_search_building", "1 while the index is built", registry=registry)
    behind.set_function(lambda: searching.behind)
    cases.set_function(lambda: searching.cases)
    building.set_function(lambda: float(searching.building))
