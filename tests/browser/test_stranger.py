"""The walk of somebody who has never been here, from / to having left again."""

import re
import secrets
import time
from collections.abc import Callable
from datetime import date

import pytest
from agelens.client import Client, Unauthenticated
from browser.assessment_form import ASSESSMENT, PHENOAGE, choose, demo, field, fill, only
from browser.people import PASSWORD, Person
from browser.running import Site
from browser.watching import settled
from playwright.sync_api import Dialog, Locator, Page, expect

TWO_MINUTES = 120.0
CALCULATE = "Calculate my biological age"
RESULT = re.compile(r"/results/[0-9a-f-]{36}$")


def heading(page: Page, words: str) -> Locator:
    """The one heading of the page."""
    return page.get_by_role("heading", level=1, name=words, exact=True)


def test_from_the_landing_page_to_having_left(page: Page, site: Site) -> None:
    email = f"{secrets.token_hex(6)}@example.org"
    look_around(page)
    register(page, email)
    meet_the_price(page)
    top_up(page)
    first = calculate(page)
    read(page, site, email)
    move_a_slider(page)
    run_a_draft_later(page)
    second = page.url
    assert second != first
    compare_the_two(page)
    make_a_token(page, site, email)
    log_out_and_in(page, site, email)
    leave(page, email)
    with pytest.raises(Unauthenticated), Client(site.api_url) as client:
        client.login(email, PASSWORD)


def test_a_stranger_with_a_paper_report_understands_three_clocks_within_two_minutes(
    page: Page, record_property: Callable[[str, object], None]
) -> None:
    """Typing takes no time here: what is timed is how often one waits, and for how long."""
    began = time.monotonic()
    look_around(page)
    register(page, f"{secrets.token_hex(6)}@example.org")
    choose(page, "Female")
    fill(page, {"Age": "52"} | PHENOAGE)
    only(page, "Mortality age", "Phenotypic age", "Light BioAge")
    expect(page.get_by_text("20 credits; you have 0.")).to_be_visible()
    page.locator("#assessment-cost").get_by_role("link", name="Top up").click()
    expect(heading(page, "Wallet")).to_be_visible()
    top_up(page)
    expect(field(page, "Albumin")).to_have_value("44")
    page.get_by_role("button", name="Calculate 3 clocks (20 credits)").click()
    expect(page).to_have_url(ASSESSMENT)
    expect(heading(page, "Your results from 3 clocks")).to_be_visible()
    expect(page.locator("#panel-forest .main-svg").first).to_be_visible()
    expect(page.locator(".panel-clock").first).to_contain_text("women of your age on this clock")
    expect(page.get_by_text("20 credits were charged.")).to_be_visible()
    taken = time.monotonic() - began
    record_property("a stranger's way to three results, seconds", round(taken, 1))
    print(f"a stranger's way to three results: {taken:.1f} s")
    assert taken < TWO_MINUTES


def test_whoever_comes_back_enters_last_years_report_and_sees_the_trend(
    page: Page, visitor: Person
) -> None:
    report(page, PHENOAGE, day=None)
    page.goto("/history")
    page.get_by_role("link", name="Enter last year's report").click()
    report(page, PHENOAGE | {"Albumin": "40", "Age": "51"}, day="2025-11-20")
    page.goto("/history")
    expect(page.get_by_role("link", name="Enter last year's report")).to_have_count(0)
    expect(page.get_by_text("since 20 Nov 2025").first).to_be_visible()
    newer, older = visitor.client.assessments
    assert older.measured_on == date(2025, 11, 20) < newer.measured_on
    assert older.answers["albumin"] == 40


def report(page: Page, values: dict[str, str], *, day: str | None) -> None:
    """Type a report into the form, with the day of its blood draw, and calculate."""
    if day is None:
        page.goto("/new")
    choose(page, "Female")
    fill(page, {"Age": "52"} | values)
    if day is not None:
        page.get_by_label("Blood drawn on").fill(day)
    only(page, "Mortality age", "Phenotypic age")
    page.get_by_role("button", name="Calculate 2 clocks (15 credits)").click()
    expect(page).to_have_url(ASSESSMENT)


def look_around(page: Page) -> None:
    page.goto("/")
    expect(heading(page, "Biological age, with every number explained")).to_be_visible()
    expect(page.locator("main .js-plotly-plot").first).to_be_visible()
    expect(page.get_by_text("not medical advice").first).to_be_visible()


def register(page: Page, email: str) -> None:
    page.get_by_role("main").get_by_role("link", name="Register").first.click()
    expect(heading(page, "Register")).to_be_visible()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Register").click()
    expect(heading(page, "New assessment")).to_be_visible()
    expect(page.locator("#credits")).to_have_text("0 credits")


def fill_in_demo(page: Page) -> None:
    demo(page)
    expect(page.get_by_label("Systolic blood pressure", exact=True)).not_to_have_value("")
    only(page, "Mortality age")


def meet_the_price(page: Page) -> None:
    """402 in words: what it costs, what one has, and where to get more."""
    fill_in_demo(page)
    page.get_by_role("button", name=CALCULATE).click()
    told = page.get_by_role("alert").filter(has_text="Not enough credits")
    expect(told).to_contain_text("costs 10 credits and you have 0.")
    told.get_by_role("link", name="Top up").click()
    expect(heading(page, "Wallet")).to_be_visible()


def top_up(page: Page) -> None:
    page.get_by_role("button", name="50 credits").click()
    expect(page.get_by_label("Credits to add")).to_have_value("50")
    page.get_by_role("main").get_by_role("button", name="Top up", exact=True).click()
    expect(page.get_by_text("50 credits added.")).to_be_visible()
    expect(page.locator("#credits")).to_have_text("50 credits")
    page.get_by_role("link", name="Back to your assessment").last.click()
    expect(heading(page, "New assessment")).to_be_visible()


def calculate(page: Page) -> str:
    """What was typed before the detour to the wallet is still there."""
    expect(page.get_by_label("Systolic blood pressure", exact=True)).not_to_have_value("")
    settled(page)
    page.get_by_role("button", name=CALCULATE).click()
    expect(page).to_have_url(RESULT)
    expect(heading(page, "Your biological age")).to_be_visible()
    expect(page.locator("#credits")).to_have_text("40 credits")
    return page.url


def read(page: Page, site: Site, email: str) -> None:
    """The page says what the API says."""
    with Client(site.api_url) as client:
        client.login(email, PASSWORD)
        (task,) = client.history()
        result = task.result
    assert result is not None
    assert result.interval is not None
    expect(page.locator("#result-age")).to_have_text(f"{result.prediction:.1f}")
    main = page.get_by_role("main")
    expect(main).to_contain_text(f"{result.interval.low:.1f} to {result.interval.high:.1f}")
    expect(main).to_contain_text("Not medical advice")
    largest = max(result.contributions, key=lambda part: abs(part.years))
    row = page.get_by_role("row").filter(has_text=largest.label).first
    expect(row).to_contain_text(f"{abs(largest.years):.1f}")
    expect(row).to_contain_text("older" if largest.years > 0 else "younger")
    expect(page.locator("#result-systems .js-plotly-plot")).to_be_visible()


def move_a_slider(page: Page) -> None:
    before = page.locator("#result-age").inner_text()
    slider = page.locator("#result-what-if").get_by_role("slider").first
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    expect(page.locator("#result-new-age")).not_to_have_text(before)
    expect(page.locator("#result-age")).to_have_text(before)
    page.get_by_role("button", name="Reset all").click()
    expect(page.locator("#result-new-age")).to_have_text(before)


def run_a_draft_later(page: Page) -> None:
    page.get_by_role("link", name="New assessment", exact=True).first.click()
    expect(heading(page, "New assessment")).to_be_visible()
    fill_in_demo(page)
    page.get_by_label("Systolic blood pressure", exact=True).fill("155,5")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("You will find it in your history")).to_be_visible()
    page.get_by_role("link", name="History", exact=True).first.click()
    expect(heading(page, "History")).to_be_visible()
    draft = page.get_by_role("row").filter(has_text="Draft")
    expect(draft).to_have_count(1)
    draft.get_by_role("button", name="Run").click()
    expect(page).to_have_url(RESULT)
    expect(heading(page, "Your biological age")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("155.5")


def compare_the_two(page: Page) -> None:
    page.get_by_role("link", name="History", exact=True).first.click()
    expect(heading(page, "History")).to_be_visible()
    chosen = page.get_by_role("checkbox", name=re.compile("^Compare the result"))
    expect(chosen).to_have_count(2)
    expect(page.get_by_role("heading", name="Over time")).to_be_visible()
    for number in range(2):
        chosen.nth(number).check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page).to_have_url(re.compile("/compare"))
    main = page.get_by_role("main")
    expect(main.locator(".js-plotly-plot").first).to_be_visible()
    expect(main).to_contain_text("Systolic blood pressure")
    expect(main).to_contain_text("155.5")


def make_a_token(page: Page, site: Site, email: str) -> None:
    """It works in a program, until it is revoked."""
    page.get_by_role("link", name="Account", exact=True).first.click()
    expect(heading(page, "Account")).to_be_visible()
    page.get_by_label("Name of the new token").fill("notebook")
    page.get_by_role("button", name="Create token").click()
    made = page.get_by_label("The new token", exact=True)
    expect(made).not_to_have_value("")
    secret = made.input_value()
    with Client(site.api_url, secret) as program:
        assert program.me().email == email
        page.get_by_role("button", name="Revoke notebook").click()
        page.get_by_role("dialog").get_by_role("button", name="Yes, end it").click()
        expect(page.get_by_role("button", name="Revoke notebook")).to_have_count(0)
        with pytest.raises(Unauthenticated):
            program.me()


def log_out_and_in(page: Page, site: Site, email: str) -> None:
    """Logging out revokes the token, not only the cookie; a wrong password is said."""
    with Client(site.api_url) as client:
        client.login(email, PASSWORD)
        before = len(list(client.tokens))
        page.get_by_role("button", name="Log out", exact=True).first.click()
        expect(page.get_by_role("main").get_by_role("link", name="Log in").first).to_be_visible()
        assert len(list(client.tokens)) == before - 1
    page.get_by_role("main").get_by_role("link", name="Log in").first.click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("textbox", name="Password").fill("not " + PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Wrong e-mail address or password.")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(heading(page, "History")).to_be_visible()


def leave(page: Page, email: str) -> None:
    page.once("dialog", Dialog.accept)
    page.get_by_role("link", name="Account", exact=True).first.click()
    page.get_by_role("button", name=re.compile("^Delete my account")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("to confirm")).fill(email)
    dialog.get_by_role("button", name="Delete permanently").click()
    expect(page.get_by_role("alert")).to_contain_text("deleted")
    expect(page.locator("#credits")).to_have_count(0)
    page.goto("/history")
    expect(page).to_have_url(re.compile("/login"))
