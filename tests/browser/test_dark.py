"""Every page in the dark: nothing glares, everything can be read."""

from collections.abc import Callable

import pytest
from browser.looks import bright_boxes, brightness, faint_texts
from browser.people import Person
from browser.places import ANYBODY, EVERY, visit
from playwright.sync_api import Page, expect

DARK, LIGHT = 0.08, 0.8  # relative luminance


@pytest.mark.view(dark=True)
@pytest.mark.parametrize("place", EVERY)
def test_a_dark_page_is_dark_and_can_be_read(
    page: Page, enter: Callable[[Person], Person], administrator: Person, place: str
) -> None:
    if place not in ANYBODY:
        enter(administrator)
    visit(page, place, administrator)
    assert max(brightness(page, "body, header, main, .mantine-Paper-root")) < DARK
    assert bright_boxes(page) == []
    assert faint_texts(page) == []


@pytest.mark.parametrize("place", EVERY)
def test_a_light_page_can_be_read(
    page: Page, enter: Callable[[Person], Person], administrator: Person, place: str
) -> None:
    if place not in ANYBODY:
        enter(administrator)
    visit(page, place, administrator)
    assert min(brightness(page, "body, header, main, .mantine-Paper-root")) > LIGHT
    assert faint_texts(page) == []


def test_the_choice_of_colours_is_kept(page: Page, visitor: Person) -> None:
    page.goto("/history")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_label("Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.goto("/wallet")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert max(brightness(page, "body")) < DARK
