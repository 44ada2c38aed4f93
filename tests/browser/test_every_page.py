"""Every page: it asks for little, can be listened to, and read in the dark and in the light."""

import json
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.looks import bright_boxes, brightness, faint_texts, lasting
from browser.people import Person
from browser.places import ADMIN, ANYBODY, OWN, visit
from browser.watching import Watch
from playwright.sync_api import Page, expect

DARK, LIGHT = 0.08, 0.8  # relative luminance
SURFACES = "body, header, main, .mantine-Paper-root"
MOST_CALLBACKS = 5
SAME_PAGE = {"/results/{other}", "/cohorts/{cohort_draft}", "/new?draft={draft}", "/?goodbye=1"}
OUTLINE = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
    .filter((e) => e.checkVisibility()).map((e) => [+e.tagName[1], e.innerText])"""
NAMELESS_PICTURES = """() => [...document.querySelectorAll("img, .js-plotly-plot")]
    .filter((e) => e.checkVisibility() && !e.closest("[aria-hidden=true]"))
    .filter((e) => !(e.alt ?? e.closest("[aria-label], [aria-labelledby], figure:has(figcaption)")))
    .map((e) => e.outerHTML.slice(0, 120))"""

Problems = list[object]


@pytest.mark.view(dark=True)
@pytest.mark.parametrize("group", [ANYBODY, OWN, ADMIN], ids=["anybody", "own", "admin"])
def test_every_page_is_fit_for_everybody(
    page: Page,
    watch: Watch,
    administrator: Person,
    enter: Callable[[Person], Person],
    group: tuple[str, ...],
) -> None:
    if group is not ANYBODY:
        enter(administrator)
    problems: dict[str, Problems] = {}
    titles: dict[str, str] = {}
    for place in group:
        watch.callbacks.clear()
        visit(page, place, administrator)
        found = [*too_many_callbacks(watch), *glaring(page), *faint(page), *unheard(page)]
        if found:
            problems[place] = found
        if place not in SAME_PAGE:
            titles[place] = page.title()
    assert problems == {}
    assert len(set(titles.values())) == len(titles), titles
    assert all(re.fullmatch(r"(.+ · )?AgeLens.*", title) for title in titles.values()), titles


def too_many_callbacks(watch: Watch) -> Problems:
    """Of the page's opening, which needs at least one; what a clock asks later does not count."""
    asked = [json.loads(text) for text in watch.callbacks]
    if not asked:
        return ["not one callback was seen"]
    opening = [one for one in asked if not ticked(one["changedPropIds"])]
    return [f"{len(opening)} callbacks"] if len(opening) > MOST_CALLBACKS else []


def ticked(changed: list[str]) -> bool:
    return bool(changed) and all(name.endswith(".n_intervals") for name in changed)


def glaring(page: Page) -> Problems:
    """Surfaces that are not dark, and bright boxes."""
    found = [f"bright: {box}" for box in lasting(lambda: bright_boxes(page))]
    found += lasting(lambda: [f"{light} in the dark" for light in surfaces(page) if light > DARK])
    return [*found]


def faint(page: Page) -> Problems:
    """Texts that cannot be read in the dark, and then in the light."""
    found: Problems = [f"dark: {text}" for text in lasting(lambda: faint_texts(page))]
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")
    found += [f"light: {text}" for text in lasting(lambda: faint_texts(page))]
    found += lasting(lambda: [f"{light} in the light" for light in surfaces(page) if light < LIGHT])
    return found


def surfaces(page: Page) -> list[float]:
    found = brightness(page, SURFACES)
    assert found
    return found


def unheard(page: Page) -> Problems:
    """What somebody would miss who cannot see the page; it is in the light by now."""
    levels = [level for level, _ in page.evaluate(OUTLINE)]
    outline_is_sound = (
        levels[:1] == [1]
        and levels.count(1) == 1
        and all(after <= before + 1 for before, after in pairwise(levels))
    )
    found: Problems = [] if outline_is_sound else [f"headings {levels}"]
    if page.locator("html").get_attribute("lang") != "en":
        found.append("no language")
    if page.get_by_role("main").count() != 1 or not page.get_by_role("navigation").count():
        found.append("not one main part, or no navigation")
    found += page.evaluate(NAMELESS_PICTURES)
    heard = Axe().run(page)
    page.emulate_media(color_scheme="dark")
    return [*found, heard.generate_report()] if heard.violations_count else found
