"""The frame around every page, and that the watch over the pages sees what it is for."""

import time
from collections.abc import Callable

import pytest
from browser.looks import brightness
from browser.people import Person
from browser.places import EVERY, visit
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


def test_the_choice_of_colours_is_kept(page: Page, visitor: Person) -> None:
    page.goto("/history")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_label("Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.goto("/wallet")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert max(brightness(page, "body")) < 0.08


@pytest.mark.view(width=360, height=740)
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


@pytest.mark.view(width=360, height=740)
def test_one_can_log_out_from_the_menu(page: Page, visitor: Person) -> None:
    page.goto("/wallet")
    page.get_by_role("button", name="Menu").click()
    page.locator("#menu").get_by_role("button", name="Log out").click()
    expect(page).to_have_url("/")
    page.goto("/wallet")
    expect(page).to_have_url("/login?next=%2Fwallet")


def test_titles_tell_pages_apart(
    page: Page, enter: Callable[[Person], Person], administrator: Person
) -> None:
    enter(administrator)
    titles = {}
    for place in dict.fromkeys(place.split("?")[0] for place in EVERY):
        visit(page, place, administrator)
        titles[place] = page.title()
    passed_on = {"/login", "/register"}  # whoever is logged in goes on from there
    same_page = {"/results/{other}", "/cohorts/{cohort_draft}"}
    told = [title for place, title in titles.items() if place not in passed_on | same_page]
    assert len(set(told)) == len(told), titles
    assert all(title and "AgeLens" in title for title in told)


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
    deadline = time.monotonic() + 10
    while not any(seen in problem for problem in watch.unexpected()):
        assert time.monotonic() < deadline, watch.problems
        page.wait_for_timeout(20)  # lets events come in
    watch.expect(".*")
