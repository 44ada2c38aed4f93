"""Import a report: paste it or choose a file, confirm the values, and find them in the form."""

import json
import re
from typing import Any

from browser.people import Person
from browser.watching import Watch, settled
from foreign_files import xlsx
from playwright.sync_api import Page, expect

REPORT = """Patient: DOB 12.03.1974, Sex: female
Collected 2026-03-31
Albumin 44,0 g/L (35-52)
Glukose 5,30 mmol/L (3,9-5,6)
CRP <0,5 mg/L
RDW-SD 42,3 fL
Thrombozyten 250 G/l
Zebra 13,1 %
"""
KEPT = "agelens.imported"


def opened(page: Page, path: str = "/import") -> None:
    page.goto(path)
    expect(page.locator("#import-file")).to_be_visible()
    settled(page)


def paste(page: Page, text: str) -> None:
    page.get_by_label("Paste the report").fill(text)
    page.get_by_role("button", name="Read the text").click()


def row(page: Page, name: str) -> Any:
    return page.locator("#import-rows tr", has=page.get_by_label(f"Use {name}", exact=True))


def handed_over(page: Page) -> dict[str, Any]:
    """What the form is given, read as it is written: the form takes it away at once."""
    page.evaluate(
        """key => {
            const set = Storage.prototype.setItem;
            Storage.prototype.setItem = function (name, value) {
                if (name === key) { window.handed = value; }
                return set.call(this, name, value);
            };
        }""",
        KEPT,
    )
    page.locator("#import-use").click()
    page.wait_for_url(re.compile(r"/new\?from=import"))
    return dict(json.loads(page.evaluate("window.handed")))


def test_a_pasted_report_is_confirmed_and_handed_to_the_form(page: Page, visitor: Person) -> None:
    opened(page)
    paste(page, REPORT)
    expect(page.get_by_role("heading", name="Check these values")).to_be_focused()
    expect(page.get_by_label("Blood drawn on")).to_have_value("2026-03-31")
    expect(page.get_by_label("Value of Albumin")).to_have_value("44,0")
    expect(row(page, "C-reactive protein")).to_contain_text("The report says < 0.5 mg/L")
    page.get_by_label("Value of Albumin").fill("43,5")
    page.get_by_label("Use Blood glucose").uncheck()
    page.get_by_label("Assign 13,1 % to a biomarker").select_option("red_cell_width")
    expect(page.locator("#import-rows")).to_contain_text("Zebra 13,1 %")
    handed = handed_over(page)
    assert handed["sex"] == "female"
    assert handed["measured_on"] == "2026-03-31"
    answers = {k: v for k, v in handed["answers"].items() if k != "chronological_age"}
    assert answers == {"albumin": "43,5", "crp": "0,5", "red_cell_width": "13,1"}
    assert handed["units"] == {"albumin": "g/L", "crp": "mg/L", "red_cell_width": "%"}


def test_a_date_that_can_be_read_in_two_ways_is_asked(page: Page, visitor: Person) -> None:
    opened(page)
    paste(page, "Collected: 03/04/2025\nAlbumin 44 g/L")
    drawn = page.get_by_label("Blood drawn on")
    expect(drawn).to_have_value("")
    page.get_by_role("button", name="Use this value").click()
    expect(page.get_by_text("Choose the day", exact=True)).to_be_visible()
    expect(drawn).to_be_focused()
    asked = page.get_by_role("group", name="Which day is meant?")
    expect(asked.get_by_role("button")).to_have_text(["3 Apr 2025", "4 Mar 2025"])
    asked.get_by_role("button", name="4 Mar 2025").click()
    expect(drawn).to_have_value("2025-03-04")
    assert handed_over(page)["measured_on"] == "2025-03-04"


def test_a_value_has_one_biomarker_and_a_biomarker_one_value(page: Page, visitor: Person) -> None:
    opened(page)
    paste(page, "Albumin 44 g/L\nXY 12 kg")
    page.get_by_label("Assign 12 kg to a biomarker").select_option("albumin")
    expect(page.locator("#import-rows input[type=checkbox]:checked")).to_have_count(1)
    page.get_by_role("button", name="Use this value").click()
    expect(page.get_by_text("Choose the unit")).to_be_visible()  # kg is no unit of albumin
    expect(page.get_by_label("Unit of Albumin").last).to_be_focused()


def test_a_workbook_is_chosen_and_read(page: Page, visitor: Person) -> None:
    opened(page)
    rows: list[list[object]] = [["Test", "Result", "Unit"], ["Albumin", 44, "g/L"]]
    book = {"name": "report.xlsx", "mimeType": "", "buffer": xlsx(Report=rows)}
    page.locator("#import-file").set_input_files(book)
    expect(page.get_by_label("Value of Albumin")).to_have_value("44")
    expect(page.get_by_label("Unit of Albumin")).to_have_value("g/L")


def test_files_that_are_no_reports_are_refused_in_words(
    page: Page, visitor: Person, watch: Watch
) -> None:
    watch.expect(r"status of 422", r"422 POST .*/import/read")
    opened(page)
    said = page.locator("#import-problem")
    for name, content, words in (
        ("empty.csv", b"", "The file empty.csv is empty"),
        ("scan.pdf", b"%PDF-1.7\n", "looks like a PDF file; copy the lines"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, "is no text"),
        ("large.txt", b"Albumin 44 g/L\n" * 20_000, "at most"),
        ("people.csv", b"albumin,crp\n44,1\n45,2\n", "one person's"),
    ):
        page.locator("#import-file").set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": content}
        )
        expect(said).to_contain_text(words)
    page.get_by_label("Paste the report").fill(" ")
    page.get_by_role("button", name="Read the text").click()
    expect(said).to_contain_text("Paste the lines of a report, or choose a file.")
