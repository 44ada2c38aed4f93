"""The history, as somebody uses it who comes back."""

import re
from collections.abc import Callable, Iterator

import pytest
from agelens.client import Client
from browser.people import BETTER, BLOOD, MIDDLE_AGED, Person, with_results
from browser.running import Site, wait_until
from browser.watching import settled
from playwright.sync_api import Locator, Page, expect

MakePerson = Callable[..., Person]
Enter = Callable[[Person], Person]


@pytest.fixture(scope="module")
def regular(site: Site) -> Iterator[Person]:
    """Two results of each of two clocks, one in another unit, and a draft; only looked at."""
    with Client(site.api_url) as client:
        person = with_results(Person(client).register(credits=1000))
        client.predict(BLOOD, model="phenoage", chronological_age=53)
        client.predict(BLOOD, model="dysregulation")
        yield person


def rows(page: Page) -> Locator:
    return page.locator("#history-rows tr")


def box_of(page: Page, task_id: str) -> Locator:
    row = rows(page).filter(has=page.locator(f"a[href='/results/{task_id}']"))
    return row.get_by_role("checkbox", name=re.compile("^Compare the result of"))


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("textbox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_row_says_what_the_service_knows_and_opens_its_result(
    page: Page, regular: Person, enter: Enter
) -> None:
    enter(regular)
    task = regular.client.task(regular.tasks["newer"])
    result = task.result
    assert result is not None
    assert result.interval is not None
    gap = result.prediction - 52
    page.goto("/history")
    expect(rows(page)).to_have_count(6)
    row = rows(page).filter(has=page.locator(f"a[href='/results/{task.id}']"))
    for words in (
        "Age from general health markers",
        f"version {task.model.version}",
        "Done",
        f"{result.prediction:.1f} years",
        f"{result.interval.low:.1f} to {result.interval.high:.1f}",
        f"{gap:+.1f} years".replace("-", "−"),
        "at 52",
        "10",
    ):
        expect(row).to_contain_text(words)
    row.get_by_role("link").click()
    expect(page).to_have_url(f"/results/{task.id}")


def test_a_filter_is_in_the_address_so_reloading_and_going_back_work(
    page: Page, regular: Person, enter: Enter
) -> None:
    enter(regular)
    page.goto("/history")
    choose(page, "Status", "Draft")
    expect(page).to_have_url("/history?status=draft")
    expect(rows(page)).to_have_count(1)
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("textbox", name="Status")).to_have_value("Draft")
    page.go_back()
    expect(page).to_have_url("/history")
    expect(rows(page)).to_have_count(6)
    expect(page.get_by_role("textbox", name="Status")).to_have_value("All")
    choose(page, "Clock", "Phenotypic age (Levine 2018)")
    expect(page).to_have_url("/history?model=phenoage")
    expect(rows(page)).to_have_count(2)
    choose(page, "Status", "Draft")
    expect(page).to_have_url("/history?status=draft&model=phenoage")
    expect(page.get_by_text("No matches.")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(rows(page)).to_have_count(6)
    expect(rows(page).filter(has_text="Draft").get_by_role("link")).to_have_attribute(
        "href", f"/new?draft={regular.tasks['draft']}"
    )


def test_results_are_chosen_with_the_keyboard_and_only_like_ones_are_compared(
    page: Page, regular: Person, enter: Enter
) -> None:
    enter(regular)
    page.goto("/history?status=succeeded")
    settled(page)
    older, newer = (box_of(page, regular.tasks[name]) for name in ("older", "newer"))
    compare = page.get_by_role("button", name="Compare", exact=True)
    newer.press("Space")
    expect(page.get_by_text("Select one more result to compare.")).to_be_visible()
    expect(compare).to_be_disabled()
    other = rows(page).filter(has_text="SD").get_by_role("checkbox")
    other.press("Space")
    expect(page.get_by_text("different units (SD, years)")).to_be_visible()
    expect(compare).to_be_disabled()
    other.press("Space")
    older.press("Space")
    expect(compare).to_be_enabled()  # a key that comes before is lost
    compare.press("Enter")
    expect(page).to_have_url(re.compile(f"/compare.*{regular.tasks['older']}"))


def test_the_trend_shows_every_clock_and_a_point_opens_its_result(
    page: Page, regular: Person, enter: Enter
) -> None:
    enter(regular)
    page.goto("/history")
    expect(page.get_by_role("tab")).to_have_count(2)
    page.get_by_role("tab", name="Age from general health markers").click()
    figure = page.get_by_role("group", name="Age from general health markers over time")
    drawn = figure.locator(".scatterlayer .trace").first.locator(".points path")
    expect(drawn).to_have_count(2)
    settled(page)
    drawn.last.click(force=True)  # what listens to the pointer lies above the points
    expect(page).to_have_url(
        re.compile(f"/results/({regular.tasks['older']}|{regular.tasks['newer']})$")
    )


def test_drafts_are_completed_run_or_deleted_from_their_rows(page: Page, visitor: Person) -> None:
    incomplete = visitor.client.drafts.create({"albumin": 44}, model="phenoage")
    complete = visitor.client.drafts.create(MIDDLE_AGED)
    page.goto("/history")
    lacking = rows(page).filter(has_text="Enter your creatinine")
    lacking.get_by_role("button", name=re.compile("^Run the draft")).click()
    expect(lacking.get_by_role("status")).to_contain_text("Enter your creatinine")
    lacking.get_by_role("link", name="Complete the form").click()
    expect(page).to_have_url(f"/new?draft={incomplete.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Continue your draft")
    page.go_back()
    expect(page.locator("#credits")).to_have_text("100 credits")

    lacking.get_by_role("button", name=re.compile("^Delete the draft")).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    lacking.get_by_role("button", name=re.compile("^Delete the draft")).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Draft deleted.")).to_be_visible()
    assert [task.id for task in visitor.client.history(status="draft")] == [complete.id]

    page.get_by_role("button", name=re.compile("^Run the draft")).click()
    expect(page).to_have_url(f"/results/{complete.id}")
    visitor.client.wait(complete.id)
    page.goto("/history?status=draft")
    expect(page.get_by_text("No matches.")).to_be_visible()
    assert visitor.client.wallet.balance == 90


def test_without_credits_the_way_leads_over_the_wallet_and_back(
    page: Page, newcomer: Person
) -> None:
    draft = newcomer.client.drafts.create(MIDDLE_AGED)
    page.goto("/history")
    page.get_by_role("button", name=re.compile("^Run the draft")).click()
    expect(rows(page).get_by_role("status")).to_contain_text("costs 10 credits and 0 are available")
    page.get_by_role("link", name="Top up your wallet").click()
    expect(page).to_have_url(re.compile("/wallet"))
    page.get_by_role("button", name="10 credits", exact=True).click()
    expect(page.get_by_label("Credits to add")).to_have_value("10")
    page.get_by_role("main").get_by_role("button", name="Top up", exact=True).click()
    page.get_by_role("alert").get_by_role("link", name="Back to your assessment").click()
    expect(page).to_have_url(f"/new?draft={draft.id}")


@pytest.mark.view(width=360, dark=True)
def test_on_a_phone_rows_are_cards_and_many_of_them_come_in_pages(
    page: Page, make_person: MakePerson, enter: Enter
) -> None:
    person = enter(make_person(credits=30))
    for number in range(24):
        person.client.drafts.create({"systolic_bp": 110 + number})
    for answers in (MIDDLE_AGED, BETTER):
        person.client.predict(answers, chronological_age=52)
    page.goto("/history")
    expect(rows(page)).to_have_count(25)
    page.get_by_role("button", name="Show more").click()
    expect(rows(page)).to_have_count(26)
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()
    wait_until(lambda: page.evaluate("document.documentElement.scrollWidth") <= 360)
    for number in range(2):
        page.get_by_role("checkbox").nth(number).check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page).to_have_url(re.compile("/compare"))
    expect(page.locator("main .js-plotly-plot .main-svg").first).to_be_visible()
    wait_until(lambda: page.evaluate("document.documentElement.scrollWidth") <= 360)
