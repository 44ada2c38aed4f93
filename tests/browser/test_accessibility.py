"""Every page as somebody meets it who cannot see it."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.people import Person
from browser.places import ANYBODY, EVERY, visit
from playwright.sync_api import Page

OUTLINE = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
    .filter((e) => e.checkVisibility()).map((e) => [+e.tagName[1], e.innerText])"""
NAMELESS_PICTURES = """() => [...document.querySelectorAll("img, .js-plotly-plot")]
    .filter((e) => e.checkVisibility() && !e.closest("[aria-hidden=true]"))
    .filter((e) => !(e.alt ?? e.closest("[aria-label], [aria-labelledby], figure:has(figcaption)")))
    .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("place", EVERY)
def test_a_page_can_be_listened_to(
    page: Page, enter: Callable[[Person], Person], administrator: Person, place: str
) -> None:
    if place not in ANYBODY:
        enter(administrator)
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


def test_titles_tell_pages_apart(
    page: Page, enter: Callable[[Person], Person], administrator: Person
) -> None:
    enter(administrator)
    titles = {}
    for place in dict.fromkeys(place.split("?")[0] for place in EVERY):
        visit(page, place, administrator)
        titles[place] = page.title()
    same_page = {"/results/{other}"}
    told = [title for place, title in titles.items() if place not in same_page]
    assert len(set(told)) == len(told), titles
    assert all(title and "AgeLens" in title for title in told)
