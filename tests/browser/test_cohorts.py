"""A file of many people, from the chooser to the downloaded results."""

import csv
import io
import json
import math
import re
import uuid
from pathlib import Path

import pyarrow.parquet
import pytest
from agelens.client import Cohort
from agelens.storage.cohorts import Cohort as Row
from browser.people import BLOOD, Person
from browser.running import Site
from browser.watching import Watch, settled
from foreign_files import xlsx
from playwright.sync_api import CDPSession, Locator, Page, expect
from sqlalchemy import update

COHORT = re.compile(r"/cohorts/[0-9a-f-]{36}$")
CLOCK = "Phenotypic age (Levine 2018)"
MG_DL = 18.016  # of glucose in one mmol/L
N_PEOPLE = 30
TEN = [{**BLOOD, "chronological_age": 50}] * 10
BAD = {3: ("albumin", "much"), 8: ("sugar", "-"), 30: ("albumin", "9000")}


def people() -> list[dict[str, object]]:
    """Of which three cannot be scored: rows 3, 8 and 30; glucose in mg/dL under a name of its own."""
    rows: list[dict[str, object]] = []
    for number in range(1, N_PEOPLE + 1):
        person = {**BLOOD, "albumin": 38 + number % 9}
        glucose = person.pop("glucose")
        sugar = round((glucose + 0.05 * number) * MG_DL, 1)
        age = 30 + number
        rows.append({"who": f"p{number}", **person, "sugar": sugar, "chronological_age": age})
        if number in BAD:
            column, cell = BAD[number]
            rows[-1][column] = cell
    return rows


def as_csv(rows: list[dict[str, object]]) -> bytes:
    written = io.StringIO()
    table = csv.DictWriter(written, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return written.getvalue().encode()


def file(content: bytes, name: str = "people.csv") -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def choose(page: Page, label: str, option: str) -> None:
    """Where a choice has the page ask again, the answer is there afterwards."""
    page.get_by_role("textbox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def chosen(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label, exact=True)


def upload(page: Page, content: bytes, name: str = "people.csv", clock: str = CLOCK) -> None:
    page.goto("/cohorts")
    choose(page, "Clock", f"{clock} (5 credits per row)")
    page.get_by_label("Choose a file").set_input_files(file(content, name))
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page).to_have_url(COHORT)
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    settled(page)


def cohort_id(page: Page) -> str:
    return page.url.rsplit("/", 1)[-1]


def fact(page: Page, name: str) -> Locator:
    found = page.locator("dl > div").filter(has=page.get_by_text(name, exact=True))
    return found.get_by_role("definition")


def test_a_file_is_uploaded_matched_paid_for_scored_and_taken_away(
    page: Page, visitor: Person
) -> None:
    visitor.client.wallet.topup(100)
    upload(page, as_csv(people()))
    match_the_columns(page)
    pay(page)
    see_the_summary(page, visitor)
    see_the_rows_at_fault(page)
    take_the_results(page, visitor)
    page.get_by_role("link", name="All cohorts").click()
    row = page.locator("#cohorts-rows tr")
    expect(row).to_have_count(1)
    for words in ("people.csv", CLOCK, "Done", "30", "27", "3", "135"):
        expect(row).to_contain_text(words)


def match_the_columns(page: Page) -> None:
    """Glucose is not found by its name, and is in mg/dL."""
    expect(
        page.get_by_text("Blood glucose is required, but no column was matched.")
    ).to_be_visible()
    choose(page, "What sugar is", "Blood glucose")
    expect(page.get_by_text("Every biomarker of this clock has a column.")).to_be_visible()
    found = page.locator("#cohorts-findings")
    expect(found).to_contain_text("None of the 30 rows can be scored")
    choose(page, "Unit of sugar", "mg/dL")
    expect(page.get_by_text("3 of the 30 rows cannot be scored")).to_be_visible()
    for words in ("1 row: albumin must be a number", "1 row lacks blood glucose", "Row 30: alb"):
        expect(found).to_contain_text(words)
    choose(page, "ID column", "who")
    settled(page)
    expect(page.get_by_role("cell", name="p1", exact=True).last).to_be_visible()


def pay(page: Page) -> None:
    expect(page.locator("#cohorts-sum")).to_have_text("30 rows × 5 credits = 150 credits")
    expect(page.get_by_text("You have 200 credits available.")).to_be_visible()
    page.get_by_role("button", name="Pay and run").dblclick()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    expect(page.locator("#credits")).to_have_text("65 credits")


def see_the_summary(page: Page, person: Person) -> None:
    """What the page says is what the API says."""
    (found,) = person.client.cohorts
    cohort = found.refresh()
    assert cohort.summary is not None
    prediction = cohort.summary["prediction"]
    expect(fact(page, "Scored")).to_have_text("27 of 30 rows")
    expect(fact(page, "Charged")).to_have_text("135 credits")
    expect(fact(page, "Returned")).to_have_text("15 credits")
    mean, sd = (f"{prediction[name]:.1f}" for name in ("mean", "sd"))
    expect(fact(page, "Mean ± SD")).to_have_text(f"{mean} ± {sd} years")
    expect(fact(page, "Median")).to_have_text(f"{prediction['median']:.1f} years")
    expect(page.locator("main .js-plotly-plot")).to_have_count(5)
    largest = cohort.summary["top_factors"][0]
    words = f"{largest['label']} {largest['mean_absolute']:.1f}"
    expect(page.get_by_role("img", name=words)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("not medical advice")


def see_the_rows_at_fault(page: Page) -> None:
    groups = page.locator("#cohorts-error-groups tr")
    for words in ("1 row: albumin must be between", "1 row lacks blood glucose"):
        expect(groups.filter(has_text=words)).to_have_count(1)
    expect(groups.filter(has_text="1 row lacks blood glucose")).to_contain_text("Add these values")
    table = page.locator("#cohorts-faults-rows tr")
    expect(table).to_have_count(3)
    for place, (row, feature) in enumerate({3: "albumin", 8: "glucose", 30: "albumin"}.items()):
        expect(table.nth(place)).to_contain_text(str(row))
        expect(table.nth(place)).to_contain_text(f"p{row}")
        expect(table.nth(place)).to_contain_text(feature)


def take_the_results(page: Page, person: Person) -> None:
    """Every format has the API's numbers; a single prediction of the same person has them too."""
    (cohort,) = person.client.cohorts
    frame = cohort.results()
    expected = [None if math.isnan(age) else age for age in frame["prediction"]]
    with page.expect_download() as got:
        page.get_by_role("link", name="CSV, with contributions").click()
    rows = list(csv.DictReader(io.StringIO(Path(got.value.path()).read_text())))
    assert got.value.suggested_filename == "people-results.csv"
    assert [row["id"] for row in rows] == [f"p{n}" for n in range(1, N_PEOPLE + 1)]
    assert [float(row["prediction"]) if row["prediction"] else None for row in rows] == expected
    assert [number for number, row in enumerate(rows, 1) if row["error"]] == list(BAD)
    with page.expect_download() as got:
        page.get_by_role("link", name="JSON, without contributions").click()
    told = json.loads(Path(got.value.path()).read_text())
    assert [row["prediction"] for row in told] == expected
    assert not any(name.startswith("contribution:") for name in told[0])
    with page.expect_download() as got:
        page.get_by_role("link", name="Parquet, with contributions").click()
    table = pyarrow.parquet.read_table(got.value.path())
    assert table["prediction"].to_pylist() == expected
    assert_adds_up(rows[0])
    assert_is_what_one_prediction_says(rows[0], person)


def assert_adds_up(row: dict[str, str]) -> None:
    parts = [float(cell) for name, cell in row.items() if name.startswith("contribution:")]
    assert len(parts) >= 9
    assert float(row["base_value"]) + sum(parts) == pytest.approx(float(row["prediction"]))


def assert_is_what_one_prediction_says(row: dict[str, str], person: Person) -> None:
    first = people()[0]
    answers = {key: first[key] for key in BLOOD if key != "glucose"} | {"glucose": first["sugar"]}
    result = person.client.predict(
        answers, model="phenoage", units={"glucose": "mg/dL"}, chronological_age=31
    )
    assert result.prediction == pytest.approx(float(row["prediction"]), abs=1e-9)


def test_what_was_matched_survives_a_reload_and_the_way_over_the_wallet(
    page: Page, newcomer: Person
) -> None:
    upload(page, as_csv(people()))
    choose(page, "What sugar is", "Blood glucose")
    choose(page, "Unit of sugar", "mg/dL")
    expect(page.get_by_text("3 of the 30 rows cannot be scored")).to_be_visible()
    expect(page.get_by_text("You need 150 more.")).to_be_visible()
    page.reload()
    expect(chosen(page, "Unit of sugar")).to_have_value("mg/dL")
    expect(chosen(page, "What sugar is")).to_have_value("Blood glucose")
    expect(page.get_by_text("3 of the 30 rows cannot be scored")).to_be_visible()
    page.get_by_role("button", name="Pay and run").click()
    refused = page.get_by_role("alert").filter(has_text="You do not have enough credits.")
    refused.get_by_role("link", name="Top up your wallet").click()
    expect(page.get_by_role("heading", level=1, name="Wallet")).to_be_visible()
    page.get_by_label("Credits to add").fill("150")
    page.get_by_role("main").get_by_role("button", name="Top up", exact=True).click()
    page.get_by_role("link", name="Back to your cohort").last.click()
    expect(chosen(page, "Unit of sugar")).to_have_value("mg/dL")
    expect(page.get_by_text("3 of the 30 rows cannot be scored")).to_be_visible()
    page.get_by_role("button", name="Pay and run").click()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    expect(page.locator("#credits")).to_have_text("15 credits")
    page.goto("/wallet")
    page.get_by_role("link", name="cohort", exact=True).first.click()
    expect(page.get_by_role("heading", level=1, name="people.csv")).to_be_visible()


def test_a_column_can_be_ignored_and_another_one_take_its_place(
    page: Page, visitor: Person
) -> None:
    rows = [{**BLOOD, "chronological_age": 50, "albumin_2": 40}]
    upload(page, as_csv(rows))
    choose(page, "What albumin_2 is", "Albumin")
    expect(chosen(page, "What albumin is")).to_have_value("Ignore")
    expect(page.get_by_text("Every biomarker of this clock has a column.")).to_be_visible()
    page.get_by_role("button", name="Pay and run").click()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    (age,) = visitor.client.cohorts[cohort_id(page)].results()["prediction"]
    other = visitor.client.predict(BLOOD | {"albumin": 40}, model="phenoage", chronological_age=50)
    assert age == pytest.approx(other.prediction, abs=1e-9)


def test_switching_clock_or_names_of_the_columns_asks_anew(page: Page, visitor: Person) -> None:
    upload(page, as_csv(people()))
    choose(page, "What sugar is", "Blood glucose")
    choose(page, "Unit of sugar", "mg/dL")
    expect(page.get_by_text("3 of the 30 rows cannot be scored")).to_be_visible()
    choose(page, "Clock", "Mortality age (AgeLens, NHANES III and NHANES IV)")
    expect(page.locator("#cohorts-sum")).to_have_text("30 rows × 10 credits = 300 credits")
    expect(page.get_by_text("You need 200 more.")).to_be_visible()
    expect(chosen(page, "What sex is")).to_have_value("Sex")
    expect(chosen(page, "What sugar is")).to_have_value("Blood glucose")
    expect(chosen(page, "Unit of sugar")).to_have_value("mg/dL")
    expect(page.get_by_text("1 row has a warning, and can be scored")).to_be_visible()
    page.get_by_role("link", name="Top up your wallet").click()
    expect(page.get_by_label("Credits to add")).to_have_value("200")
    page.go_back()
    expect(page.locator("#cohorts-sum")).to_have_text("30 rows × 10 credits = 300 credits")
    expect(chosen(page, "Unit of sugar")).to_have_value("mg/dL")
    settled(page)
    choose(page, "Column names", "The R package BioAge (NHANES)")
    expect(chosen(page, "What white_cells is")).to_have_value("Ignore")
    expect(chosen(page, "Column names")).to_have_value("The R package BioAge (NHANES)")


def test_a_file_of_which_no_column_is_known_says_so_and_can_be_matched(
    page: Page, visitor: Person
) -> None:
    rows = [{f"x {key}": value for key, value in BLOOD.items()} | {"years": 50}]
    upload(page, as_csv(rows))
    expect(page.get_by_text("The file cannot be read this way yet")).to_be_visible()
    expect(page.get_by_text("No column of the file is one of: ")).to_be_visible()
    matching = page.locator(".cohorts-matching")
    albumin = matching.get_by_role("row").filter(has=page.get_by_text("x albumin", exact=True))
    expect(albumin.first).to_contain_text(str(BLOOD["albumin"]))
    choose(page, "What x albumin is", "Albumin")
    expect(page.get_by_text("are required, but no column was matched.")).to_be_visible()
    expect(page.locator("#cohorts-sum")).to_have_text("1 row × 5 credits = 5 credits")
    expect(page.get_by_role("button", name="Pay and run")).to_be_disabled()
    expect(page.get_by_text("No row can be scored yet")).to_be_visible()
    assert visitor.client.wallet.balance == 100


def test_files_that_are_none_are_refused_in_words(
    page: Page, visitor: Person, watch: Watch
) -> None:
    page.goto("/cohorts")
    chooser, button = page.get_by_label("Choose a file"), page.get_by_role("button", name="Upload")
    answer = page.locator("#cohorts-upload-answer")
    chooser.set_input_files(file(b"x", "people.docx"))
    expect(answer).to_contain_text("ends in .csv")
    expect(answer).to_contain_text(".xlsx")
    expect(button).to_be_disabled()
    chooser.set_input_files(file(b"", "people.csv"))
    expect(answer).to_have_text("The file is empty.")
    watch.expect("status of 422")  # the browser's own note of each
    chooser.set_input_files(file(b"no parquet", "people.parquet"))
    expect(answer).to_be_empty()
    button.click()
    expect(answer).to_contain_text("arquet")
    chooser.set_input_files(file(b"\r\n"))
    button.click()
    expect(answer).to_have_text("Holds nothing but blank lines")
    expect(page).to_have_url("/cohorts")
    expect(page.get_by_text("Nothing here yet.")).to_be_visible()
    assert list(visitor.client.cohorts) == []


CLICKS = """() => {
    window.clicks = 0;
    document.addEventListener("click", (event) => {
        if (event.isTrusted && event.target.closest("button")) window.clicks += 1;
    }, true);
}"""


CRP = (0.05, 0.1, 0.1, 0.2, 0.2, 0.3, 0.4, 0.6, 1.2)  # mg/dL


def us_people(with_units: bool = False) -> bytes:
    """200 people as a laboratory in the US exports them."""
    named = {"albumin": "g/dL", "creatinine": "mg/dL", "glucose": "mg/dL", "crp": "mg/dL"}
    named |= {"lymphocytes": "%", "mcv": "fL", "rdw": "%", "alp": "U/L", "wbc": "10*3/uL"}
    rows: list[dict[str, object]] = []
    for n in range(200):
        values = (
            *(round(3.6 + n % 13 / 10, 1), round(0.6 + n % 7 / 10, 1), 78 + n % 40),
            *(CRP[n % 9], 22 + n % 20, 84 + n % 13, round(12 + n % 25 / 10, 1)),
            *(48 + n % 60, round(4.5 + n % 45 / 10, 1)),
        )
        measured = {
            f"{name} ({unit})" if with_units else name: value
            for (name, unit), value in zip(named.items(), values, strict=True)
        }
        rows.append({"id": f"P{n + 1}", "age": 28 + n % 55, "sex": "MF"[n % 2]} | measured)
    return as_csv(rows)


def test_a_file_of_a_laboratory_in_the_us_is_scored_in_three_clicks(
    page: Page, visitor: Person
) -> None:
    visitor.client.wallet.topup(2000)
    upload(page, us_people())
    page.evaluate(CLICKS)
    asked = page.locator("#cohorts-units")
    for name, unit in {"albumin": "g/dL", "creatinine": "mg/dL", "blood glucose": "mg/dL"}.items():
        expect(asked.get_by_role("button", name=f"Read {name} as {unit}")).to_be_visible()
    page.get_by_role("button", name="Use these units").click()
    expect(page.get_by_text("All rows can be scored.")).to_be_visible()
    expect(asked.get_by_role("button")).to_have_count(0)
    expect(chosen(page, "Unit of creatinine")).to_have_value("mg/dL")
    page.get_by_role("button", name="Pay and run").click()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    expect(fact(page, "Scored")).to_have_text("200 of 200 rows")
    assert page.evaluate("() => window.clicks") <= 3
    expect(page.locator("#credits")).to_have_text("1,100 credits")
    assert visitor.client.cohorts[cohort_id(page)].units == {
        "albumin": "g/dL", "creatinine": "mg/dL", "glucose": "mg/dL", "crp": "mg/dL",
    }  # fmt: skip
    answers = dict(
        zip(*[line.split(",") for line in us_people().decode().split()[:2]], strict=True)
    )
    named = {"mcv": "mean_cell_volume", "rdw": "red_cell_width", "wbc": "white_cells"}
    named |= {"alp": "alkaline_phosphatase"}
    one = visitor.client.predict(
        {named.get(key, key): float(cell) for key, cell in answers.items() if key not in ABOUT},
        units={"albumin": "g/dL", "creatinine": "mg/dL", "glucose": "mg/dL", "crp": "mg/dL"},
        model="phenoage",
        chronological_age=float(answers["age"]),
    )
    first = visitor.client.cohorts[cohort_id(page)].results()["prediction"][0]
    assert first == pytest.approx(one.prediction, abs=1e-9)


ABOUT = ("id", "age", "sex")


def test_a_file_with_units_in_its_header_is_scored_as_it_is(page: Page, visitor: Person) -> None:
    visitor.client.wallet.topup(2000)
    upload(page, us_people(with_units=True))
    expect(page.get_by_text("All rows can be scored.")).to_be_visible()
    expect(page.locator("#cohorts-units").get_by_role("button")).to_have_count(0)
    expect(chosen(page, "Unit of albumin (g/dL)")).to_have_value("g/dL")
    page.get_by_role("button", name="Pay and run").click()
    expect(fact(page, "Scored")).to_have_text("200 of 200 rows")
    with page.expect_download() as got:
        page.get_by_role("link", name="Excel, without contributions").click()
    assert got.value.suggested_filename == "people-results.xlsx"
    assert Path(got.value.path()).read_bytes().startswith(b"PK")


def test_one_suggestion_is_taken_and_codes_of_sex_are_explained(
    page: Page, visitor: Person
) -> None:
    visitor.client.wallet.topup(5000)
    coded = us_people().replace(b",M,", b",1,").replace(b",F,", b",2,")
    page.goto("/cohorts")
    choose(page, "Clock", "Mortality age (AgeLens, NHANES III and NHANES IV) (10 credits per row)")
    page.get_by_label("Choose a file").set_input_files(file(coded))
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page).to_have_url(COHORT)
    page.get_by_role("button", name="Read creatinine as mg/dL").click()
    expect(chosen(page, "Unit of creatinine")).to_have_value("mg/dL")
    expect(page.get_by_role("button", name="Read albumin as g/dL")).to_be_visible()
    expect(page.get_by_role("button", name="Read creatinine as mg/dL")).to_have_count(0)
    page.get_by_role("button", name="Use these units").click()
    expect(page.get_by_text("These units look wrong")).to_have_count(0)
    choose(page, "1 (100 rows)", "male")
    choose(page, "2 (100 rows)", "female")
    expect(page.get_by_text("All rows can be scored.")).to_be_visible()
    page.reload()
    expect(chosen(page, "2 (100 rows)")).to_have_value("female")
    expect(page.get_by_text("All rows can be scored.")).to_be_visible()
    page.get_by_role("button", name="Pay and run").click()
    expect(fact(page, "Scored")).to_have_text("200 of 200 rows")
    assert visitor.client.cohorts[cohort_id(page)].values == {"sex": {"1": "male", "2": "female"}}


def test_the_header_row_is_found_or_said_and_rows_with_a_warning_are_shown(
    page: Page, visitor: Person
) -> None:
    rows = as_csv([{**BLOOD, "chronological_age": 50}] * 12 + [{**BLOOD, "chronological_age": 99}])
    content = b"Report of the laboratory\n\n" + rows
    upload(page, content)
    expect(page.get_by_text("The columns are named in row 3")).to_be_visible()
    page.goto("/cohorts")
    page.locator("summary", has_text="Sheet and header row").click()
    page.get_by_label("Header row").fill("3")
    choose(page, "Clock", f"{CLOCK} (5 credits per row)")
    page.get_by_label("Choose a file").set_input_files(file(content))
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page).to_have_url(COHORT)
    assert visitor.client.cohorts[cohort_id(page)].header_row == 3
    page.get_by_role("button", name="Pay and run").click()
    expect(fact(page, "With a warning")).to_have_text("1 row")
    group = page.locator("#cohorts-warning-groups tr")
    expect(group.first).to_contain_text("1 row: ")
    expect(group.first).to_contain_text("13")
    warned = page.locator("#cohorts-warned-rows tr")
    expect(warned).to_have_count(1)
    expect(warned).to_contain_text("13")


def workbook() -> bytes:
    """Two sheets of people, so that nobody can tell which is meant."""
    people = [{**BLOOD, "chronological_age": 50 + n} for n in range(3)]
    rows = [list(people[0]), *(list(row.values()) for row in people)]
    return xlsx(Pilot=rows[:3], Study=rows)


def test_of_a_workbook_with_people_in_two_sheets_one_is_chosen(
    page: Page, visitor: Person, watch: Watch
) -> None:
    watch.expect("status of 422")
    page.goto("/cohorts")
    choose(page, "Clock", f"{CLOCK} (5 credits per row)")
    page.get_by_label("Choose a file").set_input_files(file(workbook(), "people.xlsx"))
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.locator("#cohorts-upload-answer")).to_contain_text("Pilot, Study")
    expect(page.get_by_label("Sheet", exact=True)).to_be_visible()
    page.get_by_label("Sheet", exact=True).fill("study")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page).to_have_url(COHORT)
    expect(page.get_by_text("3 rows · 11 columns · Excel")).to_be_visible()
    expect(page.get_by_text("All rows can be scored.")).to_be_visible()


def test_a_file_is_dropped_matched_by_typing_and_deleted_after_a_question(
    page: Page, visitor: Person
) -> None:
    page.goto("/cohorts")
    choose(page, "Clock", f"{CLOCK} (5 credits per row)")
    expect(page.get_by_label("Choose a file")).to_be_visible()
    dropped = page.evaluate_handle(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.csv"));
            return data;
        }""",
        as_csv(people()).decode(),
    )
    page.locator("#cohorts-drop").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.locator("#cohorts-chosen")).to_contain_text("dropped.csv")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="dropped.csv")).to_be_visible()
    find_by_typing(page)
    delete_after_a_question(page, visitor)


def find_by_typing(page: Page) -> None:
    settled(page)
    chosen(page, "What sugar is").click()
    page.keyboard.type("blood gl")
    expect(page.get_by_role("option")).to_have_text(["Blood glucose"])
    page.get_by_role("option").click()
    expect(chosen(page, "What sugar is")).to_have_value("Blood glucose")
    expect(page.get_by_text("Every biomarker of this clock has a column.")).to_be_visible()


def delete_after_a_question(page: Page, person: Person) -> None:
    expect(page.get_by_text("Drafts are deleted after a day unless you run them.")).to_be_visible()
    page.get_by_role("button", name="Delete this draft").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(list(person.client.cohorts)) == 1
    page.get_by_role("button", name="Delete this draft").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Nothing here yet.")).to_be_visible()
    assert list(person.client.cohorts) == []


def test_cohorts_wait_are_canceled_say_how_far_they_are_and_arrive_without_a_reload(
    page: Page, visitor: Person, without_workers: Site
) -> None:
    wait_and_cancel(page, visitor)
    run_what_another_page_has_run(page, visitor)
    cohort = be_under_way(page, visitor, without_workers)
    page.evaluate("() => { window.still_the_same_page = true; }")
    put(without_workers, cohort, status="queued", rows_done=0, rows_scored=0)
    without_workers.start_worker()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible(timeout=60_000)
    assert page.evaluate("() => window.still_the_same_page") is True
    expect(page.locator("#credits")).to_have_text("50 credits")


def pay_for_ten(page: Page) -> None:
    page.get_by_role("button", name="Pay and run").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    expect(page.locator("#credits")).to_have_text("50 credits")


def cancel(page: Page, person: Person) -> None:
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert").filter(has_text="You were not charged")).to_be_visible()
    expect(page.locator("#credits")).to_have_text("100 credits")
    assert person.client.cohorts[cohort_id(page)].status == "canceled"


def wait_and_cancel(page: Page, person: Person) -> None:
    """A waiting cohort survives a reload; canceled it costs nothing."""
    upload(page, as_csv(TEN))
    pay_for_ten(page)
    page.reload()
    expect(page.get_by_text("50 credits are reserved.")).to_be_visible()
    expect(page.get_by_text("No worker is running right now.")).to_be_visible(timeout=20_000)
    cancel(page, person)


def run_what_another_page_has_run(page: Page, person: Person) -> None:
    """It is not run, and paid, again."""
    upload(page, as_csv(TEN))
    person.client.cohorts[cohort_id(page)].run()
    pay_for_ten(page)
    cancel(page, person)


def be_under_way(page: Page, person: Person, site: Site) -> Cohort:
    """Put forward as a worker would: none is slow enough to be watched."""
    cohort = person.client.cohorts.submit(TEN, model="phenoage", name="ten")
    put(site, cohort, status="running", rows_done=4, rows_scored=4)
    page.goto("/cohorts")
    row = page.locator("#cohorts-rows tr").filter(has_text="ten")
    expect(row).to_contain_text("Scoring")
    expect(row).to_contain_text("40% done")
    expect(row).to_contain_text("up to 50")
    page.goto(f"/cohorts/{cohort.id}")
    bar = page.get_by_role("progressbar", name="Rows done")
    expect(page.get_by_text("4 of 10 rows done")).to_be_visible()
    expect(bar).to_have_js_property("value", 4)
    put(site, cohort, rows_done=7, rows_scored=7)
    expect(page.get_by_text("7 of 10 rows done")).to_be_visible()
    expect(bar).to_have_js_property("value", 7)
    return cohort


def put(site: Site, cohort: Cohort, **values: object) -> None:
    with site.sessions.begin() as session:
        session.execute(update(Row).where(Row.id == uuid.UUID(cohort.id)).values(**values))


def slow_upload(page: Page) -> CDPSession:
    """The way out takes some 20 kB in a second from now on."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 20_000}
    session.send("Network.emulateNetworkConditions", slow)
    return session


def begin_upload(page: Page) -> None:
    """A file that takes a minute at that speed, which no walk waits for."""
    page.goto("/cohorts")
    rows = [{**BLOOD, "chronological_age": 50, "note": "x" * 1000}] * 1200
    page.get_by_label("Choose a file").set_input_files(file(as_csv(rows), "large.csv"))
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.locator("#cohorts-upload-amount")).to_contain_text("%")


def leave(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", level=1, name="History")).to_be_visible()


def come_back(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Cohorts").click()
    expect(page.get_by_role("heading", level=1, name="Cohorts")).to_be_visible()


def test_an_upload_goes_on_while_one_is_elsewhere(page: Page, visitor: Person) -> None:
    slow = slow_upload(page)
    begin_upload(page)
    leave(page)
    come_back(page)
    stop(page)
    assert list(visitor.client.cohorts) == []

    begin_upload(page)
    leave(page)
    with page.expect_event("requestfinished", lambda one: "/cohorts/upload" in one.url):
        slow.send("Network.disable")
    assert len(list(visitor.client.cohorts)) == 1
    expect(page.get_by_role("heading", level=1, name="History")).to_be_visible()
    come_back(page)
    expect(page.locator("#cohorts-rows tr")).to_contain_text("large.csv")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    page.get_by_label("Choose a file").set_input_files(file(as_csv(people())))
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page).to_have_url(COHORT)


def stop(page: Page) -> None:
    """What is under way is still shown, and ends."""
    expect(page.locator("#cohorts-chosen")).to_contain_text("large.csv")
    expect(page.get_by_role("progressbar", name="Upload")).to_be_visible()
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#cohorts-upload-answer")).to_have_text(
        "Upload stopped. Nothing was saved."
    )
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_enabled()


def test_the_template_can_be_uploaded_as_it_is(page: Page, visitor: Person) -> None:
    page.goto("/cohorts")
    choose(page, "Clock", f"{CLOCK} (5 credits per row)")
    choose(page, "Column names", "The R package BioAge (NHANES)")
    link = page.get_by_role("link", name="Download the template")
    expect(link).to_have_attribute("href", re.compile("model=phenoage&columns=bioage-r"))
    with page.expect_download() as got:
        link.click()
    upload(page, Path(got.value.path()).read_bytes(), "template.csv")
    expect(page.get_by_text("All rows can be scored.")).to_be_visible()
    expect(chosen(page, "Column names")).to_have_value("The R package BioAge (NHANES)")


def test_the_header_row_is_chosen_among_the_first_rows_and_the_preview_refreshes_once(
    page: Page, visitor: Person
) -> None:
    above = b"sex,albumin,glucose\nmale,44,5\n\n"  # reads like a header, and is of another table
    upload(page, above + as_csv([{**BLOOD, "chronological_age": 50 + n} for n in range(4)]))
    expect(page.get_by_role("button", name="Pay and run")).to_be_disabled()
    first = cohort_id(page)
    rows = page.locator(".cohorts-first-rows tbody tr")
    expect(rows.nth(0)).to_contain_text("Header")
    page.get_by_role("button", name="Use row 4 as header").click()
    expect(page).not_to_have_url(re.compile(first))
    expect(page).to_have_url(COHORT)
    expect(page.get_by_text("All rows can be scored.")).to_be_visible()
    expect(page.get_by_text("4 rows · 11 columns · CSV")).to_be_visible()
    assert [each.id for each in visitor.client.cohorts] == [cohort_id(page)]
    assert visitor.client.cohorts[cohort_id(page)].header_row == 4
    page.get_by_role("button", name="Pay and run").click()
    expect(fact(page, "Scored")).to_have_text("4 of 4 rows")


def test_another_sheet_is_chosen_where_the_first_rows_are_shown(
    page: Page, visitor: Person
) -> None:
    people = [{**BLOOD, "chronological_age": 50 + n} for n in range(3)]
    rows = [list(people[0]), *(list(row.values()) for row in people)]
    book = xlsx(Study=rows, Notes=[["Albumin", "Glucose"], [44, 5]])
    made = visitor.client.cohorts.submit(
        io.BytesIO(book), format="excel", model="phenoage", draft=True,
        sheet="Notes", name="two.xlsx",
    )  # fmt: skip
    page.goto(f"/cohorts/{made.id}")
    choose(page, "Sheet", "Study")
    expect(page).not_to_have_url(re.compile(made.id))
    expect(page.get_by_text("All rows can be scored.")).to_be_visible()
    expect(page.get_by_text("3 rows · 11 columns · Excel")).to_be_visible()


def test_columns_that_may_be_meant_are_accepted_in_one_click_with_one_preview(
    page: Page, visitor: Person
) -> None:
    meant = {"albumin": "my albumin", "glucose": "my glucose"}
    rows = [
        {meant.get(key, key): value for key, value in BLOOD.items()} | {"chronological_age": 50 + n}
        for n in range(5)
    ]
    upload(page, as_csv(rows))
    expect(page.get_by_role("button", name="Pay and run")).to_be_disabled()
    asked: list[str] = []
    page.on(
        "request",
        lambda one: asked.append(one.post_data or "") if "_dash-update" in one.url else None,
    )
    page.get_by_role("button", name="Use these matches").click()
    expect(page.get_by_text("All rows can be scored.")).to_be_visible()
    settled(page)
    assert len([each for each in asked if '"cohorts-findings"' in each]) == 1
    expect(chosen(page, "What my albumin is")).to_have_value("Albumin")
    expect(page.get_by_role("button", name="Use these matches")).to_have_count(0)
    expect(page.get_by_role("button", name="Pay and run")).to_be_enabled()


def test_a_file_that_cannot_be_read_cannot_be_paid(page: Page, visitor: Person) -> None:
    upload(page, b"a,b\n1,2\n")
    expect(page.get_by_text("The file cannot be read this way yet")).to_be_visible()
    expect(page.get_by_role("button", name="Pay and run")).to_be_disabled()
    bad = [{**BLOOD, "albumin": "much", "chronological_age": 50}] * 3
    upload(page, as_csv(bad), "bad.csv")
    expect(page.get_by_text("None of the 3 rows can be scored")).to_be_visible()
    expect(page.get_by_role("button", name="Pay and run")).to_be_disabled()


def test_what_is_missing_and_results_by_age_are_drawn_told_and_in_tables(
    page: Page, visitor: Person
) -> None:
    rows = [
        {"who": f"p{n}", **BLOOD, "sex": "male", "chronological_age": 30 + n} for n in range(40)
    ]
    for row in rows[:10]:
        row["crp"] = ""
    visitor.client.wallet.topup(500)
    made = visitor.client.cohorts.submit(
        rows, model="mortality-age", id_column="who", name="forty"
    ).wait(progress=False)  # fmt: skip
    page.goto(f"/cohorts/{made.id}")
    scatter = page.locator("#cohorts-scatter")
    expect(scatter.locator(".scatterlayer .point")).to_have_count(40)
    expect(page.get_by_role("img", name=re.compile("Scatter of 40 of 40 people"))).to_be_visible()
    assert page.evaluate("() => document.querySelectorAll('main .js-plotly-plot').length") >= 4
    expect(page.get_by_role("img", name=re.compile("Missing in 40 rows"))).to_be_visible()
    page.locator("summary", has_text="As a table").click()
    patterns = page.locator("#cohorts-patterns tr")
    expect(patterns).to_have_count(2)
    expect(patterns.last).to_contain_text("C-reactive protein")
    expect(patterns.last).to_contain_text("10")


LONG = "Ergebnisse \u0646\u062a\u0627\u0626\u062c \U0001f9ea " + "x" * 150 + ".csv"


@pytest.mark.parametrize("width", [390, 1200])
def test_a_long_name_leaves_the_badge_and_the_page_their_room(
    page: Page, visitor: Person, width: int
) -> None:
    visitor.client.cohorts.submit([{**BLOOD, "chronological_age": 50}], name=LONG, draft=True)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/cohorts")
    badge = page.locator("#cohorts-rows .mantine-Badge-label")
    expect(badge).to_have_text("Draft")
    fits = "one => one.scrollWidth <= one.parentElement.clientWidth && one.parentElement.clientWidth > 30"
    assert badge.evaluate(fits)
    wide = "() => document.documentElement.scrollWidth <= window.innerWidth"
    assert page.evaluate(wide)
    page.get_by_role("link", name=re.compile("Ergebnisse")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ergebnisse")
    assert page.evaluate(wide)
