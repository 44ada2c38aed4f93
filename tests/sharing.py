"""Which tests stay together in one process, and in which order groups of tests begin.

Two things make a group: a file, and a folder whose tests share a running service. Browser walks
load the processors, much of the rest waits for processes; so they take turns, and the processes of
a run are rarely busy, or idle, at the same time. The many small files come last: they even out
when the processes end.
"""

from collections.abc import Iterable
from itertools import groupby, zip_longest

import pytest
from xdist.scheduler import LoadScopeScheduling

SHARE_A_SERVICE = ("tests/e2e", "tests/notebooks")
LONGEST_FIRST = (
    "tests/e2e",
    "tests/browser/jupyter",
    "tests/integration/retraining",
    "tests/integration/up",
    "tests/notebooks",
    "tests/browser",
    "tests/integration/recovery",
    "tests/architecture",
    "tests/integration",
)
WALKS = "tests/browser"


class ByGroup(LoadScopeScheduling):
    """pytest-xdist's scheduler of whole scopes, with our groups as the scopes."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        """In the order of collection, not by the number of tests, which says little of time."""
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The file of a test, or the folder whose tests share a service."""
    file = nodeid.split("::")[0]
    return next((folder for folder in SHARE_A_SERVICE if _inside(file, folder)), file)


def in_order_of_cost(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Groups that take long first, walks and others in turn; inside a group nothing moves."""
    ordered = sorted(items, key=lambda item: _rank(group_of(item.nodeid)))
    groups = [list(group) for _, group in groupby(ordered, lambda item: group_of(item.nodeid))]
    walks = [group for group in groups if _inside(group_of(group[0].nodeid), WALKS)]
    others = [group for group in groups if group not in walks]
    return [item for pair in zip_longest(walks, others) for group in pair for item in group or ()]


def _rank(group: str) -> int:
    places = (n for n, folder in enumerate(LONGEST_FIRST) if _inside(group, folder))
    return next(places, len(LONGEST_FIRST))


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
