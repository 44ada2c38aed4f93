"""Every page as somebody meets it who cannot see it."""

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import OpenContext
from browser.people import Person
from browser.places import ANYBODY, EVERY, visit
from playwright.sync_api import BrowserContext, Page

OUTLINE = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
    .filter((e) => e.checkVisibility()).map((e) => [+e.tagName[1], e.innerText])"""
NAMELESS_PICTURES = """() => [...document.querySelectorAll("img, .js-plotly-plot")]
    .filter((e) => e.checkVisibility() && !e.closest("[aria-hidden=true]"))
    .filter((e) => !(e.alt ?? e.closest("[aria-label], [aria-labelledby], figure:has(figcaption)")))
    .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def context(
    request: pytest.FixtureRequest, shared_context: OpenContext, administrator: Person
) -> BrowserContext:
    """Shared by the tests of this module."""
    place = request.node.callspec.params["place"]
    return shared_context(None if place in ANYBODY else administrator)


@pytest.mark.parametrize("place", EVERY)
def test_a_page_can_be_listened_to(page: Page, administrator: Person, place: str) -> None:
    visit(page, place, administrator)
    levels = [level for level, _ in page.evaluate(OUTLINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("navigation").count() >= 1
    assert page.evaluate(NAMELESS_PICTURES) == []
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
