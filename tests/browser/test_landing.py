"""The first page, as a stranger sees it."""

import re
from collections.abc import Callable

import pytest
from browser.people import Person
from browser.running import Site
from browser.watching import Watch, settled
from playwright.sync_api import Page, expect


def test_a_stranger_sees_a_result_that_the_service_has_just_given(
    page: Page, site: Site, watch: Watch, make_person: Callable[..., Person]
) -> None:
    example = make_person().client.models.example("default")
    page.goto("/")
    settled(page)
    main = page.get_by_role("main")
    model = f"{example.model.name} {example.model.version}"
    expect(main).to_contain_text(f"A made-up person, scored just now by {model}")
    interval = example.result["interval"]
    for value in (example.result["prediction"], interval["low"], interval["high"]):
        expect(main).to_contain_text(f"{value:.1f}")
    figures = page.locator(".js-plotly-plot")
    expect(figures).to_have_count(2)
    largest = max(example.result["contributions"], key=lambda c: abs(c["years"]))
    expect(figures.nth(1)).to_contain_text(largest["label"])
    sign = "+" if largest["years"] > 0 else "\u2212"
    expect(figures.nth(1)).to_contain_text(f"{sign}{abs(largest['years']):.1f}")
    assert len(watch.callbacks) <= 5


def test_the_clocks_are_those_of_the_service(
    page: Page, make_person: Callable[..., Person]
) -> None:
    models = list(make_person().client.models)
    page.goto("/")
    for model in models:
        expect(page.get_by_role("heading", name=model.title)).to_be_visible()
    expect(page.get_by_text(f"{models[0].price} credits · default")).to_be_visible()


@pytest.mark.parametrize(("link", "url"), [("Register", "/register"), ("Log in", "/login")])
def test_it_leads_in(page: Page, link: str, url: str) -> None:
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name=link).click()
    expect(page).to_have_url(url)
    expect(page.get_by_role("heading", level=1)).to_have_text(link)


def test_whoever_is_logged_in_is_led_to_an_assessment(page: Page, visitor: Person) -> None:
    page.goto("/")
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name="Register")).to_have_count(0)
    main.get_by_role("link", name="New assessment").click()
    expect(page).to_have_url("/new")


def test_the_reference_of_the_api_is_linked(page: Page, site: Site) -> None:
    page.goto("/")
    expect(page.get_by_role("link", name="API reference")).to_have_attribute(
        "href", f"{site.api_url}/docs"
    )


def test_an_erased_account_is_confirmed(page: Page) -> None:
    page.goto("/?goodbye=1")
    expect(page.get_by_role("alert")).to_contain_text("Your account is deleted")


def test_the_heading_is_focused_after_a_navigation_and_the_place_is_marked(
    page: Page, visitor: Person
) -> None:
    page.goto("/history")
    settled(page)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Cohorts").click()
    heading = page.get_by_role("heading", level=1, name="Cohorts")
    expect(heading).to_be_focused()
    expect(page).to_have_title(re.compile("^Cohorts"))
    current = page.get_by_role("navigation", name="Main").locator("[aria-current=page]")
    expect(current).to_have_text("Cohorts")


@pytest.mark.view(width=320, height=640)
def test_the_menu_of_a_narrow_phone_opens_with_the_keyboard_and_closes_with_escape(
    page: Page, visitor: Person
) -> None:
    page.goto("/cohorts")
    settled(page)
    burger = page.get_by_role("button", name="Menu")
    burger.focus()
    expect(page.locator("#menu a").first).not_to_be_visible()
    page.keyboard.press("Enter")
    expect(burger).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#menu").get_by_role("link", name="History")).to_be_visible()
    page.keyboard.press("Escape")
    expect(burger).to_have_attribute("aria-expanded", "false")
    expect(burger).to_be_focused()
    expect(page.locator("#menu").get_by_role("link", name="History")).not_to_be_visible()


def test_the_skip_link_is_first_and_leads_to_the_content(page: Page, visitor: Person) -> None:
    page.goto("/cohorts")
    settled(page)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
