"""The first page, as a stranger sees it."""

import re
from collections.abc import Callable

import pytest
from browser.people import Person
from browser.running import Site
from browser.watching import settled
from playwright.sync_api import Page, expect

Enter = Callable[[Person], Person]


def test_a_stranger_sees_a_result_that_the_service_has_just_given_and_every_clock(
    page: Page, site: Site, make_person: Callable[..., Person]
) -> None:
    client = make_person().client
    example = client.models.example("mortality-age")  # the default one is a demonstration
    page.goto("/")
    main = page.get_by_role("main")
    model = f"{example.model.name} {example.model.version}"
    expect(main).to_contain_text(f"A made-up person, scored just now by {model}")
    interval = example.result["interval"]
    for value in (example.result["prediction"], interval["low"], interval["high"]):
        expect(main).to_contain_text(f"{value:.1f}")
    figures = page.locator(".js-plotly-plot")
    expect(figures).to_have_count(2)
    largest = max(example.result["contributions"], key=lambda c: abs(c["years"]))
    expect(figures.nth(1)).to_contain_text(largest["label"].split()[0])
    sign = "+" if largest["years"] > 0 else "\u2212"
    expect(figures.nth(1)).to_contain_text(f"{sign}{abs(largest['years']):.1f}")
    models = list(client.models)
    for model in models:
        expect(page.get_by_role("heading", name=model.title, exact=True)).to_be_visible()
    expect(page.get_by_text(f"{models[0].price} credits · default")).to_be_visible()
    expect(page.get_by_text("Demonstration: synthetic data")).to_have_count(1)
    titles = page.locator(".landing-clocks h3").all_inner_texts()
    assert (titles[0], titles[-1]) == (client.models["mortality-age"].title, models[0].title)
    expect(page.get_by_role("link", name="API reference")).to_have_attribute(
        "href", f"{site.api_url}/docs"
    )


def test_it_leads_in(page: Page) -> None:
    for link, url in (("Register", "/register"), ("Log in", "/login")):
        page.goto("/")
        page.get_by_role("main").get_by_role("link", name=link).click()
        expect(page).to_have_url(url)
        expect(page.get_by_role("heading", level=1)).to_have_text(link)


def test_whoever_is_logged_in_is_led_on_and_always_knows_where_they_are(
    page: Page, patient: Person, enter: Enter
) -> None:
    enter(patient)
    page.goto("/")
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name="New assessment")).to_be_visible()
    expect(main.get_by_role("link", name="Register")).to_have_count(0)
    main.get_by_role("link", name="New assessment").click()
    expect(page).to_have_url("/new")
    expect(page.get_by_role("heading", level=1, name="New assessment")).to_be_focused()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Cohorts").click()
    expect(page.get_by_role("heading", level=1, name="Cohorts")).to_be_focused()
    expect(page).to_have_title(re.compile("^Cohorts"))
    current = page.get_by_role("navigation", name="Main").locator("[aria-current=page]")
    expect(current).to_have_text("Cohorts")


@pytest.mark.view(width=320, height=640)
def test_the_menu_of_a_narrow_phone_opens_with_the_keyboard_and_closes_with_escape(
    page: Page, patient: Person, enter: Enter
) -> None:
    enter(patient)
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
