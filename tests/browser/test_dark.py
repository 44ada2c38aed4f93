"""Every page in the dark and in the light: nothing glares, everything can be read."""

import pytest
from browser.conftest import OpenContext
from browser.looks import bright_boxes, brightness, faint_texts
from browser.people import Person
from browser.places import ANYBODY, EVERY, visit
from playwright.sync_api import BrowserContext, Page, expect

DARK, LIGHT = 0.08, 0.8  # relative luminance
SURFACES = "body, header, main, .mantine-Paper-root"


@pytest.fixture
def context(
    request: pytest.FixtureRequest, shared_context: OpenContext, administrator: Person
) -> BrowserContext:
    """Shared by the tests of this module."""
    place = request.node.callspec.params["place"]
    return shared_context(None if place in ANYBODY else administrator, dark=True)


@pytest.mark.parametrize("place", EVERY)
def test_a_page_can_be_read_in_the_dark_and_in_the_light(
    page: Page, administrator: Person, place: str
) -> None:
    visit(page, place, administrator)
    assert max(brightness(page, SURFACES)) < DARK
    assert bright_boxes(page) == []
    assert faint_texts(page) == []
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")
    assert min(brightness(page, SURFACES)) > LIGHT
    assert faint_texts(page) == []
