"""The frame around every page, and that the watch over the pages sees what it is for."""

import time
from collections.abc import Callable

import pytest
from browser.people import Person
from browser.running import Site
from browser.watching import Watch
from playwright.sync_api import Page, expect


def test_a_login_is_quick_and_leads_to_the_history(
    page: Page, enter: Callable[[Person], Person], newcomer: Person
) -> None:
    started = time.monotonic()
    enter(newcomer)
    assert time.monotonic() - started < 1.5
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


def test_an_unknown_address_is_a_page_in_words(page: Page, visitor: Person) -> None:
    page.goto("/no/such/place")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")


@pytest.mark.parametrize(
    ("script", "seen"),
    [
        ("console.error('broken')", "console error: broken"),
        ("console.warn('odd')", "console warning: odd"),
        ("setTimeout(() => { throw new Error('thrown') })", "page error"),
        ("new Image().src = 'http://127.0.0.1:9/pixel.png'", "Content Security Policy"),
        ("location.assign('http://127.0.0.1:9/')", "foreign request"),
    ],
)
def test_the_watch_sees(page: Page, watch: Watch, site: Site, script: str, seen: str) -> None:
    page.goto("/login")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert watch.unexpected() == []
    page.evaluate(f"() => {{ {script} }}")
    page.wait_for_timeout(300)
    assert any(seen in problem for problem in watch.unexpected())
    watch.expect(".*")
