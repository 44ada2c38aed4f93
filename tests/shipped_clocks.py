"""The shipped clocks, loaded once a process."""

from functools import cache

import pytest
from agelens.clocks.bundles import SHIPPED, load_clock, read_bundle, shipped


@cache
def shipped_clock(name):
    return load_clock(read_bundle(shipped(name)))


CLOCKS = sorted({directory.parent.name for directory in SHIPPED})


@pytest.fixture(params=CLOCKS, scope="session")
def any_clock(request):
    return shipped_clock(request.param)


@pytest.fixture(scope="session")
def mortality():
    return shipped_clock("mortality-age")


@pytest.fixture(scope="session")
def kaggle():
    return shipped_clock("kaggle-age")


@pytest.fixture(scope="session")
def clock(kaggle):
    """The shipped kaggle-age."""
    return kaggle
