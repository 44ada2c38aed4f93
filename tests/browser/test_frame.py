"""The frame around every page, and that the watch over the pages sees what it is for."""

import time
from collections.abc import Callable

import pytest
from browser.looks import brightness, lasting
from browser.people import Person
from browser.running import Site
from browser.watching import Watch
from playwright.sync_api import Page, expect

QUICK_SECONDS, TRIES = 1.5, 3
PUMP_MS = 20  # events come in only while playwright is at work
SEEN = {  # what a page does, and what the watch calls it
    "console.error('broken')": "console error: broken",
    "console.warn('odd')": "console warning: odd",
    "setTimeout(() => { throw new Error('thrown') })": "page error",
    "new Image().src = 'http://127.0.0.1:9/pixel.png'": "Content Security Policy",
    "location.assign('http://127.0.0.1:9/')": "foreign request",
}


@pytest.mark.serial
def test_a_login_is_quick_and_leads_to_the_history(
    page: Page, enter: Callable[[Person], Person], newcomer: Person
) -> None:
    took = []
    for _ in range(TRIES):
        started = time.monotonic()
        enter(newcomer)
        took.append(time.monotonic() - started)
    assert min(took) < QUICK_SECONDS, took
    page.goto("/history")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_url("/history")


def test_whoever_is_not_logged_in_is_asked_to_and_comes_back(
    page: Page, make_person: Callable[..., Person]
) -> None:
    person = make_person()
    page.goto("/wallet")
    expect(page).to_have_url("/login?next=%2Fwallet")
    page.get_by_label("E-mail").fill(person.email)
    page.locator("input[name=password]").fill(person.password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page).to_have_url("/wallet")


def test_the_choice_of_colours_is_kept_also_where_nothing_is(page: Page, visitor: Person) -> None:
    page.goto("/history")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_label("Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.goto("/no/such/place")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert lasting(lambda: [str(light) for light in brightness(page, "body") if light > 0.08]) == []


@pytest.mark.view(width=360, height=740)
def test_the_menu_leads_everywhere_closes_behind_one_and_logs_out(
    page: Page, visitor: Person
) -> None:
    page.goto("/history")
    menu = page.locator("#menu")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(menu.get_by_role("link", name="Wallet")).not_to_be_in_viewport()
    page.get_by_role("button", name="Menu").click()
    expect(menu.get_by_role("link", name="Wallet")).to_be_in_viewport()
    menu.get_by_role("link", name="Wallet").click()
    expect(page).to_have_url("/wallet")
    expect(menu.get_by_role("link", name="Wallet")).not_to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wallet")
    page.get_by_role("button", name="Menu").click()
    menu.get_by_role("button", name="Log out").click()
    expect(page).to_have_url("/")
    page.goto("/wallet")
    expect(page).to_have_url("/login?next=%2Fwallet")


def test_the_watch_sees_what_a_page_must_not_do(page: Page, watch: Watch, site: Site) -> None:
    page.goto("/login")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert watch.unexpected() == []
    for script, seen in SEEN.items():
        watch.problems.clear()
        page.evaluate(f"() => {{ {script} }}")
        deadline = time.monotonic() + 30
        while not any(seen in problem for problem in watch.unexpected()):
            assert time.monotonic() < deadline, (script, watch.problems)
            page.wait_for_timeout(PUMP_MS)
    watch.expect(".*")
