"""The history, as somebody uses it who comes back."""

import re
from collections.abc import Callable

import pytest
from browser.people import BETTER, BLOOD, MIDDLE_AGED, Person, with_results
from browser.watching import Watch, settled
from playwright.sync_api import Locator, Page, expect

MakePerson = Callable[..., Person]
Enter = Callable[[Person], Person]


@pytest.fixture
def patient(visitor: Person) -> Person:
    """Two results of one clock, one of another, and a draft; logged in."""
    return with_results(visitor)


def rows(page: Page) -> Locator:
    return page.locator("#history-rows tr")


def test_nobody_is_left_with_an_empty_page(page: Page, newcomer: Person, watch: Watch) -> None:
    page.goto("/history")
    settled(page)
    assert len(watch.callbacks) <= 5
    page.get_by_role("link", name="Start your first assessment").click()
    expect(page).to_have_url("/new")


def test_a_row_says_what_the_service_knows(page: Page, patient: Person, watch: Watch) -> None:
    page.goto("/history")
    settled(page)
    assert len(watch.callbacks) <= 5
    expect(rows(page)).to_have_count(4)
    task = patient.client.task(patient.tasks["newer"])
    result = task.result
    assert result is not None
    assert result.interval is not None
    gap = result.prediction - 52
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
    expect(rows(page).first).to_contain_text("Draft")  # the newest
    row.get_by_role("link").click()
    expect(page).to_have_url(f"/results/{task.id}")


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("textbox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_filter_is_in_the_address_so_reloading_and_going_back_work(
    page: Page, patient: Person
) -> None:
    page.goto("/history")
    choose(page, "Status", "Draft")
    expect(page).to_have_url("/history?status=draft")
    expect(rows(page)).to_have_count(1)
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("textbox", name="Status")).to_have_value("Draft")
    page.go_back()
    expect(page).to_have_url("/history")
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_role("textbox", name="Status")).to_have_value("All")
    choose(page, "Clock", "Phenotypic age (Levine 2018)")
    expect(page).to_have_url("/history?model=phenoage")
    expect(rows(page)).to_have_count(1)
    choose(page, "Status", "Draft")
    expect(page).to_have_url("/history?status=draft&model=phenoage")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()
    expect(rows(page)).to_have_count(4)


def test_a_draft_opens_in_its_form(page: Page, patient: Person) -> None:
    page.goto("/history?status=draft")
    rows(page).first.get_by_role("link").click()
    expect(page).to_have_url(f"/new?draft={patient.tasks['draft']}")


def test_a_draft_is_run_from_its_row(page: Page, patient: Person) -> None:
    page.goto("/history")
    expect(page.locator("#credits")).to_have_text("75 credits")
    page.get_by_role("button", name=re.compile("^Run the draft")).click()
    expect(page).to_have_url(f"/results/{patient.tasks['draft']}")
    patient.client.wait(patient.tasks["draft"])
    page.goto("/history?status=draft")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()


def test_a_draft_that_cannot_run_says_why(page: Page, visitor: Person) -> None:
    draft = visitor.client.drafts.create({"albumin": 44}, model="phenoage")
    page.goto("/history")
    expect(rows(page)).to_contain_text("Creatinine is required")
    page.get_by_role("button", name=re.compile("^Run the draft")).click()
    expect(rows(page).get_by_role("status")).to_contain_text("required")
    page.get_by_role("link", name="Complete it").click()
    expect(page).to_have_url(f"/new?draft={draft.id}")
    assert visitor.client.wallet.balance == 100


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


def test_a_draft_is_deleted_once_one_has_said_so_twice(page: Page, patient: Person) -> None:
    page.goto("/history?status=draft")
    page.get_by_role("button", name=re.compile("^Delete the draft")).click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Delete the draft")).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(rows(page)).to_have_text("Draft deleted.")
    assert not list(patient.client.history(status="draft"))


def test_two_results_are_chosen_with_the_keyboard(page: Page, patient: Person) -> None:
    page.goto("/history?model=kaggle-age&status=succeeded")
    boxes = page.get_by_role("checkbox", name=re.compile("^Compare the result of"))
    expect(boxes).to_have_count(2)
    boxes.first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Select one more result to compare with.")).to_be_visible()
    expect(page.get_by_role("button", name="Compare", exact=True)).to_be_disabled()
    boxes.last.focus()
    page.keyboard.press("Space")
    compare = page.get_by_role("button", name="Compare", exact=True)
    expect(compare).to_be_enabled()  # a key that comes before is lost
    compare.press("Enter")
    expect(page).to_have_url(re.compile(f"/compare.*{patient.tasks['older']}"))


def test_results_in_different_units_are_not_offered_for_comparing(
    page: Page, visitor: Person
) -> None:
    visitor.client.predict(MIDDLE_AGED)
    visitor.client.predict(BLOOD, model="dysregulation")
    page.goto("/history")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    for box in page.get_by_role("checkbox").all():
        box.check()
    expect(page.get_by_text("different units (SD, years)")).to_be_visible()
    expect(page.get_by_role("button", name="Compare", exact=True)).to_be_disabled()


def test_the_trend_shows_every_clock_and_a_point_opens_its_result(
    page: Page, patient: Person
) -> None:
    patient.client.predict(BLOOD, model="phenoage", chronological_age=53)
    page.goto("/history")
    expect(page.get_by_role("tab")).to_have_count(2)
    page.get_by_role("tab", name="Age from general health markers").click()
    figure = page.get_by_role("group", name="Age from general health markers over time")
    expect(figure.locator(".points path")).not_to_have_count(0)
    drawn = figure.locator(".scatterlayer .trace").first.locator(".points path")
    expect(drawn).to_have_count(2)
    drawn.last.scroll_into_view_if_needed()
    box = drawn.last.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile("/results/"))
    assert page.url.rsplit("/", 1)[-1] in (patient.tasks["older"], patient.tasks["newer"])


@pytest.mark.view(width=360, dark=True)
def test_on_a_phone_rows_are_cards_and_many_of_them_come_in_pages(
    page: Page, make_person: MakePerson, enter: Enter
) -> None:
    person = enter(make_person(credits=30))
    for number in range(27):
        person.client.drafts.create({"systolic_bp": 110 + number})
    for answers in (MIDDLE_AGED, BETTER):
        person.client.predict(answers, chronological_age=52)
    page.goto("/history")
    expect(rows(page)).to_have_count(25)
    page.get_by_role("button", name="Show more").click()
    expect(rows(page)).to_have_count(29)
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page).to_have_url(re.compile("/compare"))
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
