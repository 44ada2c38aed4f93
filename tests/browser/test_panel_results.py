"""The page of an assessment: several clocks side by side, each by itself."""

import json
import re
from pathlib import Path

import pytest
from browser.people import Person
from browser.running import Site
from browser.watching import settled
from playwright.sync_api import Page, expect

PANEL = {
    "sex": "female", "albumin": 43, "creatinine": 72, "glucose": 5.3, "crp": 1.4, "lymphocytes": 31,
    "mean_cell_volume": 90, "red_cell_width": 13.1, "alkaline_phosphatase": 71, "white_cells": 6.2,
}  # fmt: skip
NAMED = ("mortality-age", "phenoage", "dysregulation")


def submitted(person: Person, models: object = "ready", **more: object) -> str:
    said = {"chronological_age": 52, "measured_on": "2026-03-31", **more}
    return person.client.assessments.submit(PANEL, models, **said)  # type: ignore[arg-type]


def opened(page: Page, assessment_id: str) -> None:
    page.goto(f"/assessments/{assessment_id}")
    expect(page.locator("#panel-forest .main-svg").first).to_be_visible()


def test_each_clock_has_a_row_a_sentence_and_its_full_result(page: Page, visitor: Person) -> None:
    made = visitor.client.assessments.wait(submitted(visitor))
    opened(page, made.id)
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Your results from {len(made.tasks)} clocks"
    )
    expect(page.get_by_text("Blood drawn on 31 Mar 2026 · age 52")).to_be_visible()
    clocks = page.locator(".panel-clock")
    expect(clocks).to_have_count(len(made.tasks))
    expect(clocks.first).to_contain_text("Mortality age")
    expect(clocks.first).to_contain_text("women of your age on this clock")
    figure = page.locator("#panel-forest-figure")
    expect(figure).to_have_attribute("aria-label", re.compile("Phenotypic age.*: .*years"))
    expect(page.locator("#panel-forest")).to_contain_text("Your age 52")
    expect(page.get_by_text("Each clock was made from other people")).to_be_visible()
    expect(page.get_by_text(f"{made.charged} credits were charged.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Full result: Phenotypic age")).click()
    page.wait_for_url(re.compile("/results/"))
    page.get_by_role("link", name="All clocks of this panel").click()
    page.wait_for_url(f"**/assessments/{made.id}")


def test_clocks_that_were_not_calculated_say_what_they_lack(page: Page, visitor: Person) -> None:
    made = visitor.client.assessments.wait(submitted(visitor))
    assert made.not_run
    opened(page, made.id)
    lacking = page.locator("#panel-lacking")
    expect(lacking.get_by_role("listitem")).to_have_count(len(made.not_run))
    expect(lacking).to_contain_text("gamma-glutamyl transferase")
    page.get_by_role("link", name="Add the missing values").click()
    page.wait_for_url(re.compile(r"/new\?like="))
    expect(page.get_by_label("Albumin", exact=True).first).to_have_value(re.compile("43|4[.,]3"))


def test_clocks_appear_as_they_are_done(page: Page, visitor: Person, without_workers: Site) -> None:
    made = submitted(visitor, NAMED)
    page.goto(f"/assessments/{made}")
    expect(page.locator("#panel-progress")).to_contain_text("0 of 3 clocks are done")
    expect(page.locator(".panel-clock").first).to_contain_text("Being calculated")
    visitor.client.cancel(visitor.client.assessments[made].tasks[0].id)
    expect(page.locator("#panel-progress")).to_contain_text("1 of 3 clocks are done")
    expect(page.get_by_text("Canceled. You were not charged.")).to_be_visible()


def test_results_are_taken_away_as_files_and_on_paper(page: Page, visitor: Person) -> None:
    made = visitor.client.assessments.wait(submitted(visitor, NAMED))
    opened(page, made.id)
    texts = {}
    for kind in ("JSON", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Download {kind}").click()
        texts[kind] = Path(download.value.path()).read_text(encoding="utf-8-sig")
    document = json.loads(texts["JSON"])
    assert document["id"] == made.id
    assert {task["model"]["name"] for task in document["tasks"]} == set(NAMED)
    assert all(name in texts["CSV"] for name in NAMED)
    page.emulate_media(media="print")
    record = page.locator(".record")
    expect(record).to_be_visible()
    expect(record).to_contain_text("Alkaline phosphatase")
    expect(page.get_by_role("button", name="Download CSV")).to_be_hidden()


@pytest.mark.view(width=390, height=844, dark=True)
def test_it_fits_a_phone(page: Page, visitor: Person) -> None:
    made = visitor.client.assessments.wait(submitted(visitor, NAMED))
    opened(page, made.id)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator("#panel-forest").bounding_box()
    assert box is not None
    assert box["width"] <= 390


def test_somebody_elses_assessment_is_not_found(
    page: Page, visitor: Person, make_person: object
) -> None:
    other = make_person(credits=50)  # type: ignore[operator]
    page.goto(f"/assessments/{submitted(other, NAMED)}")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
