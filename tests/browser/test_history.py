"""The history, as somebody uses it who comes back."""

import re
from collections.abc import Callable, Iterator

import pytest
from agelens.client import Client
from browser.people import BETTER, BLOOD, MIDDLE_AGED, Person, with_results
from browser.running import Site, wait_until
from browser.watching import settled
from playwright.sync_api import Locator, Page, expect

from dash_app.pages.history import periods

MakePerson = Callable[..., Person]
Enter = Callable[[Person], Person]
CLOCKS = ["phenoage", "mortality-age"]
WORSE = BLOOD | {"albumin": 36, "crp": 12.0, "red_cell_width": 15.4, "glucose": 7.2}
PANELS = [
    ("2024-03-31", 50, WORSE),
    ("2025-03-31", 51, BLOOD | {"albumin": 43}),
    ("2026-03-31", 52, BLOOD),
]
ONE_RESULT = re.compile("^Compare the result of")


@pytest.fixture(scope="module")
def regular(site: Site) -> Iterator[Person]:
    """Panels of two clocks over three years, single results, one in another unit, and a draft."""
    with Client(site.api_url) as client:
        person = with_results(Person(client).register(credits=1000))
        for day, age, answers in PANELS:
            made = client.assess(answers, CLOCKS, measured_on=day, chronological_age=age)
            person.tasks[day] = made.id
        client.predict(BLOOD, model="dysregulation", measured_on="2025-06-30")
        yield person


def rows(page: Page) -> Locator:
    return page.locator("#history-rows tr")


def row_of(page: Page, place: str) -> Locator:
    return rows(page).filter(has=page.locator(f"a[href='{place}']"))


def box_of(page: Page, place: str) -> Locator:
    return row_of(page, place).get_by_role("checkbox", name=ONE_RESULT)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("textbox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def days(page: Page) -> list[str | None]:
    found = page.locator("#history-rows td:nth-child(2) time").all()
    return [each.get_attribute("datetime") for each in found]


def test_a_panel_is_one_row_by_the_day_of_its_blood_draw(
    page: Page, regular: Person, enter: Enter
) -> None:
    enter(regular)
    made = regular.client.assessments[regular.tasks["2025-03-31"]]
    page.goto("/history")
    expect(rows(page)).to_have_count(8)
    found = days(page)
    assert found == sorted(found, key=str, reverse=True)
    row = row_of(page, f"/assessments/{made.id}")
    for words in ("31 Mar 2025", "entered", "51", "Phenotypic age", "Mortality age"):
        expect(row).to_contain_text(words)
    for task in made.tasks:
        result = task.result
        assert result is not None
        assert result.age_gap is not None
        gap = f"{result.age_gap.raw:+.1f}".replace("-", "−")
        expect(row).to_contain_text(f"{result.prediction:.1f} years")
        expect(row).to_contain_text(gap)
        expect(row.locator(f"a[href='/results/{task.id}']")).to_have_count(1)
    single = row_of(page, f"/results/{regular.tasks['newer']}")
    expect(single).to_contain_text("Demonstration: synthetic data")
    row.get_by_role("link", name="31 Mar 2025").click()
    expect(page).to_have_url(f"/assessments/{made.id}")


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
    expect(rows(page)).to_have_count(8)
    expect(page.get_by_role("textbox", name="Status")).to_have_value("All")
    choose(page, "Clock", "Phenotypic age (Levine 2018)")
    expect(page).to_have_url("/history?model=phenoage")
    expect(rows(page)).to_have_count(4)
    choose(page, "Period", "Last 12 months")
    expect(page).to_have_url("/history?model=phenoage&period=12")
    recent = [day for day, *_ in PANELS if day >= str(periods.since("12"))]  # fewer every year
    expect(rows(page)).to_have_count(len(recent) + 1)  # and one of today
    choose(page, "Status", "Draft")
    expect(page.get_by_text("No matches.")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(rows(page)).to_have_count(8)
    expect(rows(page).filter(has_text="Draft").get_by_role("link")).to_have_attribute(
        "href", f"/new?draft={regular.tasks['draft']}"
    )


def test_two_are_chosen_with_the_keyboard_and_only_those_with_a_clock_in_common_are_compared(
    page: Page, regular: Person, enter: Enter
) -> None:
    enter(regular)
    page.goto("/history?status=succeeded")
    settled(page)
    first, second = (f"/assessments/{regular.tasks[day]}" for day in ("2024-03-31", "2026-03-31"))
    compare = page.get_by_role("button", name="Compare", exact=True)
    box_of(page, second).press("Space")
    expect(page.get_by_text("Select one more to compare.")).to_be_visible()
    expect(compare).to_be_disabled()
    other = rows(page).filter(has_text="SD").get_by_role("checkbox")
    other.press("Space")
    expect(page.get_by_text("These two have no clock in common")).to_be_visible()
    expect(compare).to_be_disabled()
    box_of(page, first).press("Space")
    expect(page.get_by_text("Select only two to compare.")).to_be_visible()
    other.press("Space")
    expect(compare).to_be_enabled()  # a key that comes before is lost
    compare.press("Enter")
    expect(page).to_have_url(re.compile(f"/compare.*{regular.tasks['2024-03-31']}"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Comparison")


def test_the_trend_draws_several_clocks_hides_one_and_opens_a_point(
    page: Page, regular: Person, enter: Enter
) -> None:
    enter(regular)
    page.goto("/history")
    figure = page.get_by_role("group", name="Results over time")
    chips = figure.get_by_role("group", name="Clocks in the chart").get_by_role("checkbox")
    expect(chips).to_have_count(3)
    expect(figure.get_by_role("checkbox", name="Mortality age")).to_be_checked()
    demonstration = figure.get_by_role("checkbox", name="Age from general health markers")
    expect(demonstration).not_to_be_checked()
    points = figure.locator(".scatterlayer .points path")
    settled(page)
    before = points.count()
    chip = figure.get_by_role("checkbox", name="Mortality age")
    chip.press("Space")
    expect(points).to_have_count(before - 3)
    chip.press("Space")
    expect(points).to_have_count(before)
    told = figure.get_by_role("listitem").filter(has_text="Phenotypic age")
    expect(told).to_contain_text("since 31 Mar 2024: more than noise (up to")
    expect(told).to_contain_text("within noise (up to")
    expect(page.get_by_role("group", name="Homeostatic dysregulation over time")).to_be_visible()
    settled(page)
    points.last.click(force=True)  # what listens to the pointer lies above the points
    expect(page).to_have_url(re.compile("/results/[0-9a-f-]{36}$"))


def test_a_returning_person_enters_last_years_report_and_sees_the_trend(
    page: Page, visitor: Person
) -> None:
    now = visitor.client.assess(BLOOD, CLOCKS, chronological_age=52)
    page.goto("/history")
    figure = page.get_by_role("group", name="Results over time")
    settled(page)
    lines = figure.locator(".scatterlayer .js-line")
    before = lines.count()  # that of one's own age, without a length
    assert before <= 1
    expect(page.get_by_text("One blood draw makes a dot, two make a trend.")).to_be_visible()
    link = page.get_by_role("link", name="Enter last year's report")
    link.click()
    expect(page.get_by_label("Blood drawn on")).to_be_focused()
    page.go_back()
    last_year = now.measured_on.replace(year=now.measured_on.year - 1, day=1).isoformat()
    visitor.client.assess(WORSE, CLOCKS, chronological_age=51, measured_on=last_year)
    page.reload()
    settled(page)
    expect(lines).to_have_count(before + 2)
    assert days(page) == [now.measured_on.isoformat(), last_year]
    told = figure.get_by_role("listitem").filter(has_text="Mortality age")
    expect(told).to_contain_text(re.compile(r"−\d+\.\d years since 1 .*: more than noise"))
    expect(link).to_have_count(0)
    expect(page.get_by_role("link", name="Enter an older result")).to_be_visible()


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
    person = enter(make_person(credits=60))
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
    boxes = page.get_by_role("checkbox", name=ONE_RESULT)
    for number in range(2):
        boxes.nth(number).check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page).to_have_url(re.compile("/compare"))
    expect(page.locator("main .js-plotly-plot .main-svg").first).to_be_visible()
    wait_until(lambda: page.evaluate("document.documentElement.scrollWidth") <= 360)
