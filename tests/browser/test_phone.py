"""Every page at the width of a phone."""

import pytest
from browser.conftest import OpenContext
from browser.looks import overhanging, small_targets
from browser.people import Person
from browser.places import ANYBODY, EVERY, visit
from playwright.sync_api import BrowserContext, Page

TARGETS = "main button.mantine-Button-root, main .mantine-Input-input, .mantine-Burger-root"


@pytest.fixture
def context(
    request: pytest.FixtureRequest, shared_context: OpenContext, administrator: Person
) -> BrowserContext:
    """Shared by the tests of this module."""
    place = request.node.callspec.params["place"]
    return shared_context(None if place in ANYBODY else administrator, width=360, height=740)


@pytest.mark.parametrize("place", EVERY)
def test_a_page_fits_a_phone(page: Page, administrator: Person, place: str) -> None:
    visit(page, place, administrator)
    assert overhanging(page) == []
    assert small_targets(page, TARGETS) == []
