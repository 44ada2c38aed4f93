"""A result as its owner reads it: every number is the API's, sliders ask what if, exports are whole."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from agelens.charts import ordinal
from agelens.client import Client, Task
from agelens.storage import ModelVersion
from browser.looks import lasting, overhanging
from browser.people import BLOOD, MIDDLE_AGED, Person
from browser.running import Site
from browser.watching import Watch, settled
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import update

DRAWN_MS = 60_000
OWN_UNITS = MIDDLE_AGED | {"glucose": 106.5, "total_cholesterol": 228}
UNITS = {"glucose": "mg/dL", "total_cholesterol": "mg/dL"}
WOMAN = BLOOD | {
    "sex": "female", "hba1c": 5.3, "hdl": 1.6, "total_cholesterol": 5.1, "systolic_bp": 118,
    "diastolic_bp": 74, "bmi": 23,
}  # fmt: skip
# Every clock with something special: an interval or none, years or not, a value beyond its data.
CLOCKS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "phenoage": (BLOOD, "Your biological age"),
    "dysregulation": (BLOOD, "Your result"),
    "mortality-age": (BLOOD | {"crp": 200, "glucose": 4.9}, "Your biological age"),
    "kaggle-age": ({"glucose": 5.4}, "Your biological age"),
    "kdm": (None, "Your biological age"),
}


@pytest.fixture(scope="module")
def reader(site: Site) -> Iterator[Person]:
    """Somebody with a result in units that are not the canonical ones."""
    with Client(site.api_url) as client:
        person = Person(client).register(credits=100)
        result = client.predict(OWN_UNITS, units=UNITS, chronological_age=52)
        person.tasks["result"] = str(result.task.id)
        yield person


@pytest.fixture
def shown(page: Page, reader: Person, enter: Callable[[Person], Person]) -> Task:
    """The task of that result, which is open on `page`; what-ifs leave it as it is."""
    enter(reader)
    open_result(page, reader.tasks["result"])
    return reader.client.task(reader.tasks["result"])


def open_result(page: Page, task_id: str) -> None:
    page.goto(f"/results/{task_id}")
    drawn = page.locator("#result-fan .main-svg, #result-estimate .main-svg").first
    expect(drawn).to_be_visible(timeout=DRAWN_MS)  # the drawing library has megabytes
    expect(page.locator("#result-single-changes h3")).to_be_visible()
    settled(page)


def open_systems(page: Page) -> None:
    """Unfold every body system: the factors in them are then in sight."""
    for system in page.locator("details.result-system:not([open]) > summary").all()[::-1]:
        system.click()


def row_of(page: Page, label: str) -> Locator:
    header = page.get_by_role("rowheader", name=label, exact=True)
    return page.locator(".result-system").get_by_role("row").filter(has=header)


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


def test_the_page_says_what_the_api_says_in_the_order_of_the_questions(
    page: Page, reader: Person, shown: Task
) -> None:
    result = shown.result
    assert result is not None
    assert result.interval is not None
    assert result.age_gap is not None
    expect(page.get_by_role("heading", level=1)).to_have_text("Your biological age")
    assert page.get_by_role("heading", level=2).all_inner_texts()[:5] == [
        "What drives your result",
        "What could change it",
        "How certain is this?",
        "How you compare",
        "Method and version",
    ]
    expect(page.locator("#result-age")).to_have_text(f"{result.prediction:.1f}")
    main = page.get_by_role("main")
    low, high = result.interval.low, result.interval.high
    expect(main).to_contain_text(f"90 % range is {low:.1f} to {high:.1f} years")
    assert result.age_gap.percentile is not None
    rank = ordinal(round(result.age_gap.percentile))
    expect(main.locator(".result-facts")).to_contain_text(f"{rank} of 100 women of your age")
    expect(main).to_contain_text("Not medical advice")
    expect(main).to_contain_text("Demonstration: synthetic data")
    method = page.locator("#result-method")
    expect(method.get_by_text(result.model.sha256, exact=True)).not_to_be_visible()
    page.get_by_text("Version, hashes and how to cite").click()
    for sha256 in (result.model.sha256, result.model.data_sha256):
        expect(method.get_by_text(sha256, exact=True)).to_be_visible()
    open_systems(page)
    for factor in result.contributions:
        cells = row_of(page, factor.label).get_by_role("cell").all_inner_texts()
        years = re.match(r"[+\N{MINUS SIGN}]?[\d.]+", cells[-1])
        assert years is not None
        assert number(years[0]) == pytest.approx(factor.years, abs=0.0501)

    glucose = row_of(page, "Blood glucose")
    expect(glucose).to_contain_text("106.5 mg/dL")  # as it was typed
    expect(glucose).to_contain_text("above")
    expect(glucose).to_contain_text("70 to 101 mg/dL")
    page.get_by_text("factors in one chart").click()
    expect(page.get_by_role("img", name="Total cholesterol")).not_to_have_count(0)
    expect(page.locator("#result-waterfall")).to_contain_text("228 mg/dL")
    expect(page.locator("#result-waterfall .main-svg").first).to_be_visible()

    asked = reader.client.what_if(shown.id, systolic_bp=120)
    item = page.get_by_role("listitem").filter(has_text="120 mmHg instead of")
    expect(item).to_contain_text(f"would give {asked.prediction:.1f} years")


def test_the_first_screen_has_one_verdict_against_the_same_age_and_sex(
    page: Page, visitor: Person
) -> None:
    """A woman whose mortality age is below her age, as that of most women is."""
    result = visitor.client.predict(WOMAN, model="mortality-age", chronological_age=58)
    open_result(page, result.task.id)
    curve = visitor.client.models.reference_curve("mortality-age", "female")
    typical = curve.percentiles["50"][curve.ages.index(58.0)]
    word = "older" if result.prediction > typical else "younger"
    verdict = page.locator("#result-verdict")
    expect(verdict).to_have_text(
        f"{abs(result.prediction - typical):.1f} years {word} than women of your age on this clock"
    )
    seen = page.locator(".result-words").inner_text()
    assert len(re.findall(r"\b(older|younger) than", seen)) == 1
    chart = page.locator("#result-fan")
    expect(chart.locator(".main-svg").first).to_be_in_viewport()
    expect(page.locator("#result-fan-figure")).to_have_attribute(
        "aria-label", re.compile("At age 58 your result is")
    )
    for line in ("5th", "25th", "50th", "75th", "95th"):
        expect(chart).to_contain_text(line)


def test_without_a_sex_a_difference_that_may_be_chance_is_grey_and_no_sex_is_claimed(
    page: Page, visitor: Person
) -> None:
    answers = {key: value for key, value in MIDDLE_AGED.items() if key != "sex"}
    result = visitor.client.predict(answers, chronological_age=52)
    curve = visitor.client.models.reference_curve("kaggle-age")
    typical = curve.percentiles["50"][curve.ages.index(52.0)]
    assert result.interval is not None
    chance = result.interval.low <= typical <= result.interval.high
    open_result(page, result.task.id)
    kind = "unclear" if chance else "younger" if result.prediction < typical else "older"
    expect(page.locator("#result-verdict")).to_have_class(re.compile(kind))
    expect(page.locator("#result-verdict")).to_contain_text("people of your age on this clock")
    for part in (".result-head", ".result-hero", ".because", ".compared"):
        expect(page.locator(part)).not_to_contain_text(re.compile("same sex|age and sex"))
    expect(page.locator(".compared")).to_contain_text("both sexes")


def test_a_slider_asks_what_if_in_the_persons_unit(page: Page, reader: Person, shown: Task) -> None:
    assert shown.result is not None
    own = shown.result.prediction
    slider = page.get_by_role("slider", name="Blood glucose, mg/dL")
    start = slider.get_attribute("aria-valuenow") or ""
    for _ in range(12):
        slider.press("ArrowLeft")
    value = 95.0  # twelve whole steps below 106.5
    expect(slider).to_have_attribute("aria-valuenow", f"{value:g}")
    (asked,) = reader.client.what_ifs(shown.id, [{"glucose": value}], units=UNITS)
    assert f"{asked.prediction:.1f}" != f"{own:.1f}"
    expect(page.locator("#result-new-age")).to_have_text(f"{asked.prediction:.1f}")
    changed = next(row.years for row in asked.contributions if row.feature == "glucose")
    text = f"{changed:+.1f}".replace("-", "\N{MINUS SIGN}")
    bar = page.locator("#result-changed").get_by_role("row", name="Blood glucose")
    expect(bar.get_by_role("cell").last).to_contain_text(f"→ {text}")
    change = f"{asked.prediction - own:+.1f}".replace("-", "\N{MINUS SIGN}")
    expect(page.locator("#result-outcome")).to_contain_text(f"{change} years")
    expect(page.locator("#result-told")).to_contain_text(f"{asked.prediction:.1f} years")
    expect(page.locator("#result-age")).to_have_text(f"{own:.1f}")
    page.get_by_role("button", name="Reset all").click()
    expect(slider).to_have_attribute("aria-valuenow", start)


def test_every_change_has_a_way_back(page: Page, reader: Person, shown: Task) -> None:
    assert shown.result is not None
    own = f"{shown.result.prediction:.1f}"
    new = page.locator("#result-new-age")
    pressure = page.get_by_role("slider", name="Systolic blood pressure, mmHg")
    pressure.press("End")  # Home would be below the diastolic one, and is refused
    expect(new).not_to_have_text(own)
    page.get_by_role("button", name="Reset Systolic blood pressure").click()
    expect(new).to_have_text(own)
    expect(pressure).to_have_attribute("aria-valuenow", "139")
    pressure.press("End")
    page.get_by_role("slider", name="Diastolic blood pressure, mmHg").press("Home")
    expect(new).not_to_have_text(own)
    page.get_by_role("button", name="Reset all").click()
    expect(new).to_have_text(own)
    expect(page.get_by_role("button", name="Reset all")).to_be_disabled()

    page.get_by_role("textbox", name="Smoking").or_(
        page.get_by_role("combobox", name="Smoking")
    ).click()
    page.get_by_role("option", name="never").click()
    asked = reader.client.what_if(shown.id, smoking_status="never")
    expect(new).to_have_text(f"{asked.prediction:.1f}")


def test_of_many_moves_only_the_last_counts_and_few_are_asked(
    page: Page, reader: Person, shown: Task, watch: Watch
) -> None:
    slider = page.get_by_role("slider", name="Systolic blood pressure, mmHg")
    slider.focus()
    watch.callbacks.clear()
    page.evaluate(
        """() => {
            const thumb = document.activeElement;
            for (let n = 0; n < 40; n += 1) {
                setTimeout(() => thumb.dispatchEvent(new KeyboardEvent("keydown",
                    {key: "ArrowLeft", code: "ArrowLeft", bubbles: true})), 5 * n);
            }
        }"""
    )
    expect(slider).to_have_attribute("aria-valuenow", "99")
    asked = reader.client.what_if(shown.id, systolic_bp=99)
    expect(page.locator("#result-new-age")).to_have_text(f"{asked.prediction:.1f}")
    assert len(watch.callbacks) < 40


def test_an_unreachable_api_is_told_where_the_slider_is_and_forgotten_afterwards(
    page: Page, reader: Person, shown: Task, site: Site
) -> None:
    slider = page.get_by_role("slider", name="Systolic blood pressure, mmHg")
    site.kill_api()
    try:
        slider.press("ArrowLeft")
        expect(page.locator("#result-outcome")).to_contain_text("can't reach AgeLens")
    finally:
        site.start_api()
    slider.press("ArrowLeft")
    asked = reader.client.what_if(shown.id, systolic_bp=137)
    expect(page.locator("#result-new-age")).to_have_text(f"{asked.prediction:.1f}")
    expect(page.locator("#result-outcome")).not_to_contain_text("can't reach AgeLens")


def test_the_downloads_are_whole(page: Page, reader: Person, shown: Task, site: Site) -> None:
    assert shown.result is not None
    token = reader.client.login(reader.email, reader.password).access_token
    said = httpx.get(
        f"{site.api_url}/api/tasks/{shown.id}", headers={"Authorization": f"Bearer {token}"}
    ).json()
    kept = json.loads(downloaded(page, "Download JSON").read_text(encoding="utf-8"))
    assert kept == {name: value for name, value in said.items() if name != "models"}  # of drafts
    lines = list(
        csv.reader(downloaded(page, "Download CSV").read_text(encoding="utf-8").splitlines())
    )
    blank = lines.index([])
    head = dict(lines[:blank])
    names, *rows = lines[blank + 1 :]
    total = sum(float(row[names.index("years")]) for row in rows) + float(head["base_value"])
    assert total == pytest.approx(float(head["prediction"]), abs=1e-3)  # the JSON is exact
    assert float(head["prediction"]) == pytest.approx(shown.result.prediction, abs=1e-4)
    glucose = next(row for row in rows if row[names.index("feature")] == "glucose")
    value, unit = (glucose[names.index(name)] for name in ("value", "unit"))
    assert (value, unit) == ("106.5", "mg/dL")  # as it was typed


def downloaded(page: Page, button: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.path()


def test_the_program_that_one_copies_runs(
    page: Page, reader: Person, shown: Task, context: BrowserContext
) -> None:
    assert shown.result is not None
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Copy as Python").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    code = page.evaluate("() => navigator.clipboard.readText()")
    token = reader.client.tokens.create("a program").access_token
    assert token not in code
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"AGELENS_TOKEN": str(token)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    ages = [float(line.split()[0]) for line in done.stdout.splitlines() if " years" in line]
    assert ages == [shown.result.prediction]


def test_what_follows_a_result_starts_from_it_until_it_is_deleted(
    page: Page, visitor: Person
) -> None:
    days = ("2025-03-12", "2024-03-12")  # last year's report is entered after this year's
    later, earlier = (
        str(visitor.client.predict(MIDDLE_AGED, measured_on=day).task.id) for day in days
    )
    open_result(page, earlier)
    compare = page.get_by_role("link", name="Compare with the next result")
    expect(compare).to_have_attribute("href", f"/compare?a={earlier}&b={later}")
    open_result(page, later)
    compare = page.get_by_role("link", name="Compare with the previous result")
    expect(compare).to_have_attribute("href", f"/compare?a={earlier}&b={later}")
    again = page.get_by_role("link", name="New assessment from these answers")
    expect(again).to_have_attribute("href", f"/new?like={later}")

    page.get_by_role("button", name="Delete this result").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).not_to_be_visible()
    page.get_by_role("button", name="Delete this result").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page).to_have_url(re.compile("/history$"))
    assert [task.id for task in visitor.client.history()] == [earlier]


@pytest.mark.view(width=375, height=800, dark=True)
def test_every_clock_opens_on_a_phone_in_the_dark(page: Page, visitor: Person) -> None:
    wide = {}
    for model, (answers, title) in CLOCKS.items():
        if answers is None:
            features = visitor.client.models[model].features
            answers = {feature["key"]: feature["example"] for feature in features}
        result = visitor.client.predict(answers, model=model, chronological_age=61)
        open_result(page, str(result.task.id))
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        digits = 1 if result.unit == "years" else 2
        expect(page.locator("#result-age")).to_have_text(f"{result.prediction:.{digits}f}")
        if result.interval is None:
            expect(page.get_by_role("main")).to_contain_text("This clock gives no likely range")
        if result.clipped:
            open_systems(page)
            expect(page.get_by_text("counted at its limit").first).to_be_visible()
        if result.narrowing:
            expect(page.get_by_role("main")).to_contain_text(result.narrowing[0].label)
        wide[model] = lasting(lambda: overhanging(page))
    assert {model: found for model, found in wide.items() if found} == {}


def test_a_clock_that_is_no_longer_offered_keeps_its_results(
    page: Page, visitor: Person, site: Site
) -> None:
    result = visitor.client.predict(BLOOD, model="phenoage", chronological_age=52)
    retired = update(ModelVersion).where(ModelVersion.name == "phenoage")
    with site.sessions.begin() as session:
        session.execute(retired.values(active=False))
    try:
        open_result(page, result.task.id)
        expect(page.locator("#result-age")).to_have_text(f"{result.prediction:.1f}")
        expect(page.get_by_role("main")).to_contain_text("About this clock")
        page.get_by_role("slider", name="Blood glucose, mmol/L").press("ArrowRight")
        expect(page.locator("#result-new-age")).not_to_have_text(f"{result.prediction:.1f}")
    finally:
        with site.sessions.begin() as session:
            session.execute(retired.where(ModelVersion.version == "1.0.0").values(active=True))


def test_it_prints_on_few_light_pages(page: Page, shown: Task) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("button", name="Download JSON")).not_to_be_visible()
    expect(page.get_by_role("slider").first).not_to_be_visible()
    expect(page.locator("#result-systems .js-plotly-plot")).to_be_visible()
    printed = page.pdf(format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 4
