"""Two results side by side: the page adds up to what the service says."""

import re
from collections.abc import Callable

import pytest
from agelens.client import Result
from browser.people import BLOOD, Person
from browser.places import visit
from browser.running import wait_until
from browser.test_every_page import faint, glaring, unheard
from browser.watching import settled
from playwright.sync_api import Locator, Page, expect


def result(person: Person, name: str) -> Result:
    found = person.client.task(person.tasks[name]).result
    assert found is not None
    return found


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("+", ""))


def cells(row: Locator) -> list[str]:
    return [text.strip() for text in row.locator("td").all_inner_texts()]


def compare(page: Page, person: Person, a: str, b: str) -> None:
    page.goto(f"/compare?a={person.tasks[a]}&b={person.tasks[b]}")
    settled(page)


def figure(page: Page) -> Locator:
    return page.get_by_role("img", name="How the difference is made up")


def test_the_older_result_comes_first_and_the_parts_are_the_difference(
    page: Page, patient: Person, enter: Callable[[Person], Person]
) -> None:
    enter(patient)
    compare(page, patient, "newer", "older")
    for name, task in (("Before", "older"), ("After", "newer")):
        side, said = page.get_by_role("group", name=name), result(patient, task)
        assert said.interval is not None
        expect(side).to_contain_text(f"{said.prediction:.1f}")
        expect(side).to_contain_text(f"{said.interval.low:.1f} to {said.interval.high:.1f}")
        gap = f"{said.prediction - 52:+.1f} years".replace("-", "−")
        expect(side).to_contain_text(f"{gap} compared with the age entered, 52")
    see_that_it_adds_up(page, result(patient, "older"), result(patient, "newer"))
    turn_it_around(page)
    page.get_by_role("link", name="Back to history").click()
    expect(page).to_have_url("/history")


def see_that_it_adds_up(page: Page, before: Result, after: Result) -> None:
    """Every part is the service's, and together they are the difference."""
    expect(page.get_by_text("✓ Checked: the parts add up to")).to_be_visible()
    expect(figure(page).locator(".js-plotly-plot")).to_be_visible()
    was = {part.label: part.years for part in before.contributions}
    now = {part.label: part.years for part in after.contributions}
    *parts, start, whole = [cells(row) for row in page.locator(".compare-table tbody tr").all()]
    shown = {row[0]: [number(text) for text in row[3:]] for row in parts}
    for label in {label for label in was if was[label] or now[label]}:
        expected = [was[label], now[label], now[label] - was[label]]
        assert shown[label] == pytest.approx(expected, abs=0.0051)
    assert number(start[5]) == pytest.approx(after.base_value - before.base_value, abs=0.0051)
    sizes = [abs(row[2]) for row in shown.values()]
    assert sizes == sorted(sizes, reverse=True)
    difference = after.prediction - before.prediction
    assert number(whole[5]) == pytest.approx(difference, abs=0.0051)
    added = sum(row[2] for row in shown.values()) + number(start[5])
    assert added == pytest.approx(difference, abs=0.005 * (len(shown) + 2))


def turn_it_around(page: Page) -> None:
    """Swapping the two turns the sign; the order is kept over a reload."""
    change = page.locator(".compare-change strong")
    words = change.inner_text()
    page.get_by_role("link", name="Swap").click()
    expect(page).to_have_url(re.compile("order=given"))
    turned = words.translate(str.maketrans("+−", "−+"))
    expect(change).to_have_text(turned)
    page.reload()
    expect(change).to_have_text(turned)
    page.get_by_role("link", name="Swap").click()
    expect(change).to_have_text(words)


def test_values_are_in_the_unit_that_was_typed_and_what_was_measured_once_is_named(
    page: Page, visitor: Person
) -> None:
    first = {"systolic_bp": 130, "glucose": 90, "hearing_ability": 30}
    second = {"systolic_bp": 130, "glucose": 110, "bone_density": 1.0}
    for name, answers in (("older", first), ("newer", second)):
        made = visitor.client.predict(answers, units={"glucose": "mg/dL"})
        visitor.tasks[name] = made.task.id
    compare(page, visitor, "older", "newer")
    for table in (".compare-table", ".compare-biomarkers"):
        row = page.locator(f"{table} tbody tr").filter(has_text="Blood glucose")
        expect(row).to_contain_text("90 mg/dL")
        expect(row).to_contain_text("110 mg/dL")
    expect(figure(page)).to_contain_text("90 → 110 mg/dL")
    expect(page.get_by_text("Measured only the first time: Hearing threshold.")).to_be_visible()
    expect(page.get_by_text("Measured only the second time: Bone density.")).to_be_visible()
    row = page.locator(".compare-table tbody tr").filter(has_text="Bone density")
    expect(row).to_contain_text("not measured")


def test_different_clocks_show_both_ages_and_why_no_parts(
    page: Page, patient: Person, enter: Callable[[Person], Person]
) -> None:
    enter(patient)
    compare(page, patient, "older", "other")
    for name, task in (("Before", "older"), ("After", "other")):
        side = page.get_by_role("group", name=name)
        expect(side).to_contain_text(f"{result(patient, task).prediction:.1f}")
        expect(side.locator(f"a[href='/results/{patient.tasks[task]}']")).to_be_visible()
    expect(page.get_by_text("The two results come from different clocks")).to_be_visible()
    expect(page.locator(".compare-table")).to_have_count(0)


CLOCKS = ["phenoage", "mortality-age", "dysregulation"]
LATER = {**BLOOD, "crp": 12.0, "albumin": 34, "red_cell_width": 15.9}


def with_panels(person: Person) -> Person:
    """Two panels of three clocks, a year apart."""
    for name, answers, day in (("before", BLOOD, "2025-03-31"), ("after", LATER, "2026-03-31")):
        made = person.client.assess(answers, CLOCKS, chronological_age=52, measured_on=day)
        person.tasks[name] = made.id
    return person


@pytest.mark.view(width=390)
def test_two_panels_are_compared_clock_by_clock_on_a_phone(page: Page, visitor: Person) -> None:
    with_panels(visitor)
    compare(page, visitor, "after", "before")
    said = visitor.client.timeline.compare(visitor.tasks["after"], visitor.tasks["before"])
    n_real = sum(bool(each.real) for each in said.comparisons)
    lead = page.get_by_role("alert").first
    expect(lead).to_contain_text(f"{n_real} of 3 clocks changed by more than noise")
    expect(page.get_by_text("From 31 Mar 2025 to 31 Mar 2026: 12 months passed.")).to_be_visible()
    for each in said.comparisons:
        row = page.locator(".compare-clocks tbody tr").filter(
            has_text=f"{each.after.prediction:.1f}"
        )
        expect(row).to_contain_text("More than noise" if each.real else "Within noise")
    changed = page.locator(".compare-biomarkers tbody tr")
    expect(changed).to_have_count(3)
    albumin = changed.filter(has_text="Albumin")
    for words in ("44 g/L", "34 g/L", "below range"):
        expect(albumin).to_contain_text(words)
    page.get_by_role("tab", name="Phenotypic age").press("Enter")
    expect(page.get_by_text("✓ Checked: the parts add up to")).to_be_visible()
    expect(figure(page).locator(".js-plotly-plot")).to_be_visible()
    wait_until(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390)


@pytest.mark.view(dark=True)
@pytest.mark.parametrize("place", ["/history", "/compare?a={before}&b={after}"])
def test_several_clocks_are_fit_for_everybody(page: Page, visitor: Person, place: str) -> None:
    with_panels(visitor)
    visit(page, place, visitor)
    assert [*glaring(page), *faint(page), *unheard(page)] == []
    page.set_viewport_size({"width": 320, "height": 256})  # as at 400 % zoom
    wait_until(lambda: page.evaluate("document.documentElement.scrollWidth") <= 320)
