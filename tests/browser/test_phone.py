"""Every page at the width of a phone."""

from collections.abc import Callable

import pytest
from browser.looks import overhanging, small_targets
from browser.people import Person
from browser.places import ANYBODY, EVERY, visit
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.view(width=360, height=740)
TARGETS = "main button.mantine-Button-root, main .mantine-Input-input, .mantine-Burger-root"


@pytest.mark.parametrize("place", EVERY)
def test_a_page_fits_a_phone(
    page: Page, enter: Callable[[Person], Person], administrator: Person, place: str
) -> None:
    if place not in ANYBODY:
        enter(administrator)
    visit(page, place, administrator)
    assert overhanging(page) == []
    assert small_targets(page, TARGETS) == []


def test_the_menu_leads_everywhere_and_closes_behind_one(page: Page, visitor: Person) -> None:
    page.goto("/history")
    menu = page.locator("#menu")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(menu.get_by_role("link", name="Wallet")).not_to_be_in_viewport()
    page.get_by_role("button", name="Menu").click()
    expect(menu.get_by_role("link", name="Wallet")).to_be_in_viewport()
    menu.get_by_role("link", name="Wallet").click()
    expect(page).to_have_url("/wallet")
    expect(menu.get_by_role("link", name="Wallet")).not_to_be_in_viewport()


def test_one_can_log_out_from_the_menu(page: Page, visitor: Person) -> None:
    page.goto("/wallet")
    page.get_by_role("button", name="Menu").click()
    page.locator("#menu").get_by_role("button", name="Log out").click()
    expect(page).to_have_url("/")
    page.goto("/wallet")
    expect(page).to_have_url("/login?next=%2Fwallet")
