"""The wallet, as somebody uses it who ran out of credits."""

import re
from collections.abc import Callable

import pytest
from browser.looks import overhanging
from browser.people import Person
from browser.running import Site
from browser.watching import settled
from playwright.sync_api import Locator, Page, expect

# What is no amount is told differently by each, so that no answer can be taken for the one before.
REFUSED = {
    "": "Enter the number of credits",
    "fifty": "whole number",
    "0": "at least|greater than or equal|between",
    "10 001": "at most 10000 credits at a time",
}


def pay(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("button", name="Top up", exact=True)


def test_credits_are_typed_chosen_or_entered_and_each_wish_is_paid_once(
    page: Page, newcomer: Person
) -> None:
    page.goto("/wallet?next=/new%3Fmodel%3Dphenoage")
    field = page.get_by_label("Credits to add")
    expect(page.get_by_text("No transactions yet.")).to_be_visible()
    for typed, told in REFUSED.items():
        field.fill(typed)
        pay(page).click()
        expect(page.locator("#wallet-amount-error")).to_have_text(re.compile(told))
        expect(field).to_have_attribute("aria-invalid", "true")
    assert newcomer.client.wallet.balance == 0

    field.fill("1 000")
    pay(page).click()
    expect(page.get_by_text("1,000 credits added.")).to_be_visible()
    expect(page.get_by_role("group", name="Available")).to_contain_text("1,000")
    expect(page.locator("#credits")).to_have_text("1,000 credits")
    expect(page.get_by_role("row").filter(has_text="Top-up")).to_contain_text("+1,000")
    expect(field).to_have_value("")

    page.get_by_role("button", name="50 credits").click()
    expect(field).to_have_value("50")
    pay(page).dblclick()
    expect(page.get_by_text("50 credits added.")).to_be_visible()
    expect(field).to_have_value("")
    settled(page)  # nor does the second click pay afterwards

    field.focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.get_by_text("7 credits added.")).to_be_visible()
    assert [entry.amount for entry in newcomer.client.wallet.transactions()] == [7, 50, 1000]

    page.get_by_role("alert").get_by_role("link", name="Back to your assessment").click()
    expect(page).to_have_url(re.compile(r"/new\?model=phenoage$"))


def test_what_was_added_is_not_said_of_the_next_amount(page: Page, newcomer: Person) -> None:
    page.goto("/wallet")
    field, told = page.get_by_label("Credits to add"), page.locator("#wallet-told")
    field.fill("5")
    pay(page).click()
    expect(told).to_have_text("5 credits added.")
    page.get_by_role("button", name="50 credits").click()
    expect(told).to_be_empty()
    pay(page).click()
    expect(told).to_have_text("50 credits added.")
    pay(page).click()  # of nothing
    expect(page.locator("#wallet-amount-error")).to_have_text(re.compile("Enter the number"))
    expect(told).to_be_empty()
    assert newcomer.client.wallet.balance == 55


def test_every_change_is_told_in_words_and_leads_to_its_assessment(
    page: Page, visitor: Person, site: Site
) -> None:
    site.stop_workers()
    try:
        canceled = visitor.client.submit({"systolic_bp": 128})
        page.goto("/wallet")
        held = page.get_by_role("group", name="Reserved")
        expect(held).to_contain_text("10")
        expect(held).to_contain_text("for work in progress")
        expect(page.get_by_role("group", name="Available")).to_contain_text("90")
        visitor.client.cancel(canceled)
    finally:
        site.start_worker()
    task_id = visitor.client.submit({"systolic_bp": 128})
    visitor.client.wait(task_id)
    page.reload()
    rows = page.get_by_role("row")
    expect(rows).to_have_count(6)  # the heading's too
    for place, told in enumerate(
        (
            "Charged.*−10.*90",
            "Reserved.*10 reserved.*100, 10 of it reserved",
            "Released.*10 released.*100",
            "Reserved.*10 reserved.*100, 10 of it reserved",
            r"Top-up.*\+100.*100",
        ),
        start=1,
    ):
        expect(rows.nth(place)).to_contain_text(re.compile(told))
    rows.nth(1).get_by_role("link", name="assessment").click()
    expect(page).to_have_url(f"/results/{task_id}")


@pytest.mark.view(locale="de-DE")
def test_prices_and_what_happened_earlier_are_listed_in_the_reader_s_own_time_zone(
    page: Page, newcomer: Person
) -> None:
    for amount in range(1, 27):
        newcomer.client.wallet.topup(amount)
    page.goto("/wallet")
    for model in newcomer.client.models:
        line = page.locator(".wallet-prices > div").filter(has_text=model.title)
        expect(line).to_contain_text(f"{model.price} credits")
    rows = page.locator("#wallet-rows tr")
    expect(rows).to_have_count(25)
    page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(26)
    expect(rows.last).to_contain_text("+1")
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()

    newest = next(iter(newcomer.client.wallet.transactions()))
    iso = f"{newest.created_at:%Y-%m-%dT%H:%M:%S}Z"
    shown = rows.first.locator("time")
    expect(shown).to_have_attribute("datetime", iso)
    expect(shown).to_have_attribute("title", iso)
    local = page.evaluate(
        """iso => new Date(iso).toLocaleString("en-GB", {day: "numeric", month: "short",
        year: "numeric", hour: "2-digit", minute: "2-digit"})""",
        iso,
    )
    assert "UTC" not in local
    expect(shown).to_have_text(local)


@pytest.mark.view(width=360)
def test_a_narrow_phone_holds_five_digits_of_credits_and_the_whole_table(
    page: Page, make_person: Callable[..., Person], enter: Callable[[Person], Person]
) -> None:
    person = enter(make_person(credits=10_000))
    person.client.predict({"systolic_bp": 128})
    person.client.wallet.topup(10_000 - person.client.wallet.balance)
    page.goto("/wallet")
    expect(page.locator("#credits")).to_have_text("10,000 credits")
    expect(page.get_by_role("link", name="assessment").first).to_be_visible()
    settled(page)
    assert overhanging(page) == []
    expect(page.get_by_role("button", name="Switch between light and dark")).to_be_in_viewport(
        ratio=1
    )
