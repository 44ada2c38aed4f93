"""The what-if workbench, and the papers of a result: printed record, tables."""

import csv
import re
from collections.abc import Callable, Iterator

import pytest
from agelens.client import Client, Task
from browser.looks import lasting, overhanging
from browser.people import BLOOD, MIDDLE_AGED, Person
from browser.running import Site
from browser.watching import Watch, settled
from playwright.sync_api import Locator, Page, expect

# Values beyond the training data, in range, and in units that are not the canonical ones.
PANEL = MIDDLE_AGED | {"glucose": 97.24187, "total_cholesterol": 12.5}
UNITS = {"glucose": "mg/dL"}
TRACK = ".workbench-track svg"


@pytest.fixture(scope="module")
def reader(site: Site) -> Iterator[Person]:
    """Somebody with a result whose cholesterol no clock was trained on."""
    with Client(site.api_url) as client:
        person = Person(client).register(credits=100)
        result = client.predict(
            PANEL, units=UNITS, chronological_age=52, measured_on="2026-03-04", baseline="own_age"
        )
        assert result.task
        person.tasks["result"] = str(result.task.id)
        yield person


@pytest.fixture
def workbench(page: Page, reader: Person, enter: Callable[[Person], Person]) -> Task:
    """The task whose workbench is in sight, with its curves."""
    enter(reader)
    page.goto(f"/results/{reader.tasks['result']}")
    expect(page.locator("main .main-svg").first).to_be_visible()  # nothing moves any more
    settled(page)
    page.locator("#result-try-title").evaluate("title => title.scrollIntoView()")
    expect(page.locator(TRACK).first).to_be_visible()
    settled(page)
    return reader.client.task(reader.tasks["result"])


def slider(page: Page, label: str) -> Locator:
    return page.get_by_role("slider", name=re.compile(f"^{label}"))


def control(page: Page, label: str) -> Locator:
    return page.locator(".workbench-control").filter(has=slider(page, label))


def typed(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=re.compile(f"^{label}, as a number"))


def rows(page: Page) -> list[str]:
    return page.locator("#result-changed tbody th").all_inner_texts()


def new_age(page: Page) -> Locator:
    return page.locator("#result-new-age")


def test_a_bar_that_is_moved_stays_where_it_is_beside_what_it_was(
    page: Page, reader: Person, workbench: Task
) -> None:
    before = rows(page)
    assert "Systolic blood pressure" in before
    assert before[-1] == "All other factors"
    for label, key in (
        ("Systolic blood pressure", "systolic_bp"),
        ("Total cholesterol", "total_cholesterol"),
    ):
        own = next(r.years for r in workbench.result.contributions if r.feature == key)
        slider(page, label).press("End")
        bar = page.locator("#result-changed tbody tr").filter(has_text=label)
        expect(bar.locator("td").last).to_contain_text("→")
        styles = bar.evaluate(
            "row => ['--before', '--after'].map(v => row.style.getPropertyValue(v))"
        )
        assert float(styles[0]) == pytest.approx(own, abs=1e-3)
        assert float(styles[1]) != pytest.approx(own, abs=1e-3)
    assert rows(page) == before
    boxes = page.locator("#result-changed .workbench-bar").all()
    for box in boxes:  # no bar leaves its cell
        inside = box.evaluate(
            "b => { const c = b.getBoundingClientRect(); return [...b.children].every(i => {"
            "const r = i.getBoundingClientRect(); return r.left >= c.left - 1 && r.right <= c.right + 1 }) }"
        )
        assert inside


def test_sliders_stand_on_curves_whose_points_are_the_clocks(
    page: Page, reader: Person, workbench: Task, watch: Watch
) -> None:
    numbers = [
        f for f in workbench.result.contributions if f.modifiable and isinstance(f.value, float)
    ]
    expect(page.locator(TRACK)).to_have_count(len(numbers))
    words = control(page, "Systolic blood pressure").locator(".workbench-note").inner_text()
    found = re.search(r"Lowest: ([\d.]+) years at ([\d.]+) mmHg", words)
    assert found is not None
    asked = reader.client.what_if(workbench.id, systolic_bp=float(found[2]))
    assert found[1] == f"{asked.prediction:.1f}"
    dot = control(page, "Systolic blood pressure").locator(".workbench-track i")
    thumb = slider(page, "Systolic blood pressure")
    for key in ("Home", "End"):
        thumb.press(key)
        at, on = (each.bounding_box() for each in (thumb, dot))
        assert at is not None
        assert on is not None
        assert at["x"] + at["width"] / 2 == pytest.approx(on["x"] + on["width"] / 2, abs=2)
    smoking = page.locator(".workbench-control").filter(has_text="Smoking")
    never = reader.client.what_if(workbench.id, smoking_status="never")
    expect(smoking).to_contain_text(f"never: {never.prediction:.1f} years")


def test_no_slider_ends_at_what_was_typed_and_beyond_the_data_it_is_hatched(
    page: Page, workbench: Task
) -> None:
    for thumb in page.locator("#result-what-if [role=slider]").all():
        low, now, high = (
            float(thumb.get_attribute(f"aria-value{end}") or "nan") for end in ("min", "now", "max")
        )
        assert low < now < high
    beyond = control(page, "Total cholesterol").locator("rect[fill^=url]")
    expect(beyond).to_have_count(2)
    expect(page.get_by_text("Hatched: beyond the data")).to_be_visible()


def test_a_number_can_be_typed_in_ones_own_unit_and_taken_back(
    page: Page, reader: Person, workbench: Task
) -> None:
    assert workbench.result is not None
    own = f"{workbench.result.prediction:.1f}"
    box = typed(page, "Blood glucose")
    expect(box).to_have_value("97.24187")  # as it was typed
    box.fill("140,5")
    box.press("Enter")
    (asked,) = reader.client.what_ifs(workbench.id, [{"glucose": 140.5}], units=UNITS)
    expect(new_age(page)).to_have_text(f"{asked.prediction:.1f}")
    expect(slider(page, "Blood glucose")).to_have_attribute("aria-valuenow", "140.5")
    expect(control(page, "Blood glucose")).to_contain_text("was 97.24 mg/dL")
    page.get_by_role("button", name="Reset Blood glucose").click()
    expect(box).to_have_value("97.24187")
    expect(new_age(page)).to_have_text(own)
    box.fill("plenty")
    box.press("Enter")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(new_age(page)).to_have_text(own)
    box.fill("100000")
    box.press("Enter")
    most = slider(page, "Blood glucose").get_attribute("aria-valuemax") or ""
    expect(box).to_have_value(most)
    page.get_by_role("button", name="Reset all").click()
    expect(box).to_have_value("97.24187")
    expect(page.get_by_role("button", name="Reset all")).to_be_disabled()


def test_one_pressure_below_the_other_is_told_in_words(page: Page, workbench: Task) -> None:
    slider(page, "Diastolic blood pressure").press("End")
    told = page.locator("#result-outcome")
    expect(told).to_contain_text("be below systolic blood pressure")
    page.get_by_role("button", name="Reset all").click()
    expect(told).to_contain_text("no change")


def test_why_an_effect_and_a_change_differ_is_said(
    page: Page, reader: Person, workbench: Task
) -> None:
    assert workbench.result is not None
    today = next(r for r in workbench.result.contributions if r.feature == "systolic_bp")
    asked = reader.client.what_if(workbench.id, systolic_bp=120)
    then = next(r for r in asked.contributions if r.feature == "systolic_bp")
    item = page.get_by_role("listitem").filter(has_text="Systolic blood pressure: 120 mmHg")
    signs = {"now": today.years, "then": then.years}
    text = {k: f"{v:+.1f}".replace("-", "\N{MINUS SIGN}") for k, v in signs.items()}
    expect(item).to_contain_text(f"instead of 139 mmHg would give {asked.prediction:.1f} years")
    expect(item).to_contain_text(
        f"effect would go from {text['now']} years to {text['then']} years"
    )


@pytest.mark.parametrize(
    "size",
    [
        pytest.param((390, 844), marks=pytest.mark.view(width=390, height=844), id="phone"),
        pytest.param((320, 256), marks=pytest.mark.view(width=320, height=256), id="zoom"),
        pytest.param((1280, 900), marks=pytest.mark.view(dark=True), id="wide"),
    ],
)
def test_the_number_stays_in_sight_and_never_covers_what_has_the_focus(
    page: Page, workbench: Task, size: tuple[int, int]
) -> None:
    assert lasting(lambda: overhanging(page)) == []
    number = page.locator("#result-outcome")
    for thumb in page.locator("#result-what-if [role=slider]").all()[::2]:
        thumb.focus()
        expect(thumb).to_be_in_viewport()
        thumb.press("ArrowLeft")
        at, bar = thumb.bounding_box(), number.bounding_box()
        assert at is not None
        assert bar is not None
        apart = at["y"] >= bar["y"] + bar["height"] or at["y"] + at["height"] <= bar["y"]
        beside = at["x"] + at["width"] <= bar["x"]
        assert apart or beside
        if size[1] > 600:
            expect(number).to_be_in_viewport()


def test_curves_are_asked_for_when_they_come_into_sight_and_not_before(
    page: Page, reader: Person, enter: Callable[[Person], Person], watch: Watch
) -> None:
    enter(reader)
    page.goto(f"/results/{reader.tasks['result']}")
    settled(page)
    asked = [each for each in watch.callbacks if "result-curves" in str(each)]
    assert asked == []
    page.locator("#result-try-title").evaluate("title => title.scrollIntoView()")
    expect(page.locator(TRACK).first).to_be_visible()


def test_the_table_has_the_persons_units_and_readable_numbers(page: Page, workbench: Task) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    text = download.value.path().read_text(encoding="utf-8")
    lines = list(csv.reader(text.splitlines()))
    head = dict(lines[: lines.index([])])
    assert (head["measured_on"], head["baseline"]) == ("2026-03-04", "own_age")
    names = lines[lines.index([]) + 1]
    glucose = next(line for line in lines if line[:1] == ["glucose"])
    assert glucose[names.index("value")] == "97.24187"
    assert glucose[names.index("unit")] == "mg/dL"
    assert not re.search(r"\d\.\d{7,}", text)


def test_the_printed_record_has_everything(page: Page, reader: Person, workbench: Task) -> None:
    result = workbench.result
    assert result is not None
    expect(page.locator(".record")).not_to_be_visible()
    page.emulate_media(media="print")
    record = page.locator(".record")
    expect(record).to_be_visible()
    text = record.inner_text()
    for factor in result.contributions:
        assert factor.label in text
    for expected in (
        "4 Mar 2026",
        "97.24187 mg/dL",
        "12.5 mmol/L",
        f"{result.model.name} {result.model.version}",
        result.model.sha256,
        "people of the same age",
        "Demonstration",
        "Method of the range",
        workbench.id,
    ):
        assert expected in text
    expect(page.get_by_role("button", name="Reset all")).not_to_be_visible()
    assert page.pdf(format="A4")


def test_a_clock_without_years_has_its_own_unit(page: Page, visitor: Person) -> None:
    result = visitor.client.predict(BLOOD, model="dysregulation", chronological_age=52)
    assert result.task
    page.goto(f"/results/{result.task.id}")
    page.locator("#result-try-title").evaluate("title => title.scrollIntoView()")
    expect(page.locator(TRACK).first).to_be_visible()
    slider(page, "C-reactive protein").press("End")
    expect(page.locator("#result-outcome")).to_contain_text(
        re.compile(r"[+\N{MINUS SIGN}][\d.]+ SD")
    )
