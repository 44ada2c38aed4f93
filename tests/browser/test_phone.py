"""Every page at the width of a phone."""

from collections.abc import Callable

import pytest
from browser.looks import lasting, overhanging, small_targets
from browser.people import Person
from browser.places import ADMIN, ANYBODY, OWN, visit
from browser.watching import settled
from playwright.sync_api import Page, expect

TARGETS = "main button.mantine-Button-root, main .mantine-Input-input, .mantine-Burger-root"

# The name of what has the focus, where that is an entry of the menu and wholly in view below the header.
IN_MENU = """() => {
    const e = document.activeElement, box = e.getBoundingClientRect(), room = 2;
    if (!e.closest("#menu")) return null;
    const head = document.querySelector("header").getBoundingClientRect().bottom;
    const seen = box.top >= head - room && box.bottom <= innerHeight + room &&
        box.left >= -room && box.right <= innerWidth + room;
    return e.innerText.trim() + (seen ? "" : ` at ${box.top} to ${box.bottom}`);
}"""


@pytest.mark.view(width=360, height=740)
def test_every_page_fits_a_phone(
    page: Page, administrator: Person, enter: Callable[[Person], Person]
) -> None:
    problems = {place: misfits(page, place, administrator) for place in ANYBODY}
    enter(administrator)
    problems |= {place: misfits(page, place, administrator) for place in OWN + ADMIN}
    assert {place: found for place, found in problems.items() if found} == {}


def misfits(page: Page, place: str, person: Person) -> list[str]:
    """What sticks out, and what is too small to tap."""
    visit(page, place, person)
    return lasting(lambda: overhanging(page) + small_targets(page, TARGETS))


@pytest.mark.view(width=320, height=256)
def test_the_menu_at_four_hundred_percent_is_walked_by_keyboard(
    page: Page, administrator: Person, enter: Callable[[Person], Person]
) -> None:
    """Every entry comes into the low window when it has the focus; Escape leads back to the button."""
    enter(administrator)
    page.goto("/history")
    settled(page)
    burger, menu = page.get_by_role("button", name="Menu"), page.locator("#menu")
    burger.press("Enter")
    entries = menu.locator("a:visible, button:visible")
    expect(entries.first).to_be_in_viewport(ratio=1)
    names = [name.strip() for name in entries.all_inner_texts()]
    assert {"New assessment", "Wallet", "Admin", "Log out", "Русский"} <= set(names)
    walked: list[str] = []
    while len(walked) < len(names):
        page.keyboard.press("Tab")
        if (name := page.evaluate(IN_MENU)) is not None:
            walked.append(name)
        elif walked:
            break
    assert walked == names
    page.keyboard.press("Escape")
    expect(burger).to_be_focused()
    expect(burger).to_have_attribute("aria-expanded", "false")
    expect(entries).to_have_count(0)
    burger.press("Enter")
    menu.get_by_role("link", name="Wallet").press("Enter")
    expect(page).to_have_url("/wallet")
    expect(entries).to_have_count(0)
