"""Widgets without a browser, on a made-up service."""

import pytest
from unit.notebook.service import Service


@pytest.fixture
def service() -> Service:
    """One clock, nobody's tasks."""
    return Service()
