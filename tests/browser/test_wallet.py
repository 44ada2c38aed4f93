"""The wallet, as somebody uses it who ran out of credits."""

import re
from collections.abc import Callable

import pytest
from agelens.client import Client
from browser.people import Person
from browser.running import Site
from browser.watching import Watch, settled
from playwright.sync_api import Page, expect


def top_up(page: Page, amount: str) -> None:
    page.get_by_label("Credits to add").fill(amount)
    page.get_by_role("main").get_by_role("button", name="Top up", exact=True).click()


def test_a_top_up_is_there_at_once_and_is_listed(
    page: Page, newcomer: Person, watch: Watch
) -> None:
    page.goto("/wallet")
    settled(page)
    assert len(watch.callbacks) <= 5
    expect(page.get_by_text("Nothing has happened here yet.")).to_be_visible()
    top_up(page, "1 000")
    expect(page.get_by_text("1,000 credits were added.")).to_be_visible()
    expect(page.get_by_role("group", name="Available")).to_contain_text("1,000")
    expect(page.locator("#credits")).to_have_text("1,000 credits")
    row = page.get_by_role("row").filter(has_text="Top-up")
    expect(row).to_contain_text("+1,000")
    expect(page.get_by_label("Credits to add")).to_have_value("")
    assert newcomer.client.wallet.balance == 1000


def test_a_double_click_pays_once(page: Page, newcomer: Person) -> None:
    page.goto("/wallet")
    page.get_by_role("button", name="50 credits").click()
    expect(page.get_by_label("Credits to add")).to_have_value("50")
    page.get_by_role("main").get_by_role("button", name="Top up", exact=True).dblclick()
    expect(page.get_by_text("50 credits were added.")).to_be_visible()
    settled(page)
    assert [entry.amount for entry in newcomer.client.wallet.transactions()] == [50]


def test_enter_tops_up_without_a_mouse(page: Page, newcomer: Person) -> None:
    page.goto("/wallet")
    field = page.get_by_label("Credits to add")
    field.focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.get_by_text("7 credits were added.")).to_be_visible()
    assert newcomer.client.wallet.balance == 7


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Say how many credits"),
        ("fifty", "whole number"),
        ("2,5", "whole number"),
        ("0", "at least|greater than or equal|between"),
        ("10 001", "at most 10000 credits at a time"),
    ],
)
def test_what_is_wrong_with_an_amount_stands_beside_it(
    page: Page, visitor: Person, typed: str, told: str
) -> None:
    page.goto("/wallet")
    top_up(page, typed)
    expect(page.get_by_label("Credits to add")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#wallet-amount-error")).to_have_text(re.compile(told))
    assert visitor.client.wallet.balance == 100


def test_the_way_back_to_where_credits_were_missing(page: Page, newcomer: Person) -> None:
    page.goto("/wallet?next=/new%3Fmodel%3Dphenoage")
    top_up(page, "10")
    way = page.get_by_role("alert").get_by_role("link", name="Back to your assessment")
    way.click()
    expect(page).to_have_url(re.compile(r"/new\?model=phenoage$"))


def test_there_is_no_way_to_another_site(page: Page, newcomer: Person) -> None:
    page.goto("/wallet?next=https://elsewhere.example/new")
    settled(page)
    expect(page.get_by_role("link", name=re.compile("^Back to"))).to_have_count(0)


def test_every_change_is_told_in_words_and_leads_to_its_assessment(
    page: Page, visitor: Person
) -> None:
    task_id = visitor.client.submit({"systolic_bp": 128})
    visitor.client.wait(task_id)
    page.goto("/wallet")
    rows = page.get_by_role("row")
    expect(rows).to_have_count(4)  # the heading's too
    charged, reserved, added = (rows.nth(place) for place in (1, 2, 3))
    expect(charged).to_contain_text(re.compile("Charged.*−10.*90"))
    expect(reserved).to_contain_text(re.compile("Reserved.*10 set aside.*100, 10 of it held"))
    expect(added).to_contain_text(re.compile(r"Top-up.*\+100.*100"))
    charged.get_by_role("link", name="assessment").click()
    expect(page).to_have_url(f"/results/{task_id}")


def test_what_is_held_is_explained(page: Page, visitor: Person, site: Site) -> None:
    site.stop_workers()
    try:
        task_id = visitor.client.submit({"systolic_bp": 128})
        page.goto("/wallet")
        held = page.get_by_role("group", name="Held")
        expect(held).to_contain_text("10")
        expect(held).to_contain_text("set aside for what is under way")
        expect(page.get_by_role("group", name="Available")).to_contain_text("90")
        visitor.client.cancel(task_id)
    finally:
        site.start_worker()
    page.reload()
    expect(page.get_by_role("row").filter(has_text="Released")).to_contain_text("10 free again")


def test_earlier_transactions_are_shown_on_request(page: Page, newcomer: Person) -> None:
    for amount in range(1, 31):
        newcomer.client.wallet.topup(amount)
    page.goto("/wallet")
    rows = page.locator("#wallet-rows tr")
    expect(rows).to_have_count(25)
    page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(30)
    expect(rows.last).to_contain_text("+1")
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()


def test_prices_are_those_of_the_clocks(page: Page, visitor: Person, site: Site) -> None:
    page.goto("/wallet")
    with Client(site.api_url) as client:
        for model in client.models:
            line = page.locator(".wallet-prices > div").filter(has_text=model.title)
            expect(line).to_contain_text(f"{model.price} credits")


@pytest.mark.view(locale="de-DE")
def test_times_are_the_reader_s_own(page: Page, visitor: Person) -> None:
    page.goto("/wallet")
    (entry,) = visitor.client.wallet.transactions()
    shown = page.locator("#wallet-rows time")
    iso = shown.get_attribute("datetime")
    assert iso == f"{entry.created_at:%Y-%m-%dT%H:%M:%S}Z"
    expect(shown).to_have_attribute("title", iso)
    local = page.evaluate(
        """iso => new Date(iso).toLocaleString("de-DE", {day: "numeric", month: "short",
        year: "numeric", hour: "2-digit", minute: "2-digit"})""",
        iso,
    )
    expect(shown).to_have_text(local)
    assert "UTC" not in local


@pytest.mark.view(width=360)
def test_on_a_phone_nothing_is_wider_than_the_screen(page: Page, visitor: Person) -> None:
    visitor.client.predict({"systolic_bp": 128})
    page.goto("/wallet")
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.get_by_role("link", name="assessment").first).to_be_visible()


@pytest.mark.view(width=360)
def test_the_header_of_a_narrow_phone_holds_five_digits_of_credits(
    page: Page, make_person: Callable[..., Person], enter: Callable[[Person], Person]
) -> None:
    enter(make_person(credits=10_000))
    page.goto("/wallet")
    expect(page.locator("#credits")).to_have_text("10,000 credits")
    box = page.get_by_role("button", name="Light or dark").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 360
