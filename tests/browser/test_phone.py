"""Every page at the width of a phone."""

from collections.abc import Callable

import pytest
from browser.looks import lasting, overhanging, small_targets
from browser.people import Person
from browser.places import ADMIN, ANYBODY, OWN, visit
from playwright.sync_api import Page

TARGETS = "main button.mantine-Button-root, main .mantine-Input-input, .mantine-Burger-root"


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
