"""The explorer in a real Jupyter: one figure that follows a slider."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import MakePerson
from browser.jupyter.conftest import Lab
from browser.running import wait_until
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.timeout(600)

CELLS = [
    "from agelens.client import Client\nfrom agelens.notebook import Explorer",
    "explorer = Explorer(Client())\nexplorer",
]
PLOT = ".agelens .js-plotly-plot"
NUMBER = ".agelens .agelens-number"
WITHIN_MS = 120_000
NEARLY_WHITE = re.compile(r"rgba?\(2\d\d, 2\d\d, 2\d\d")


def plots_of(page: Page) -> Locator:
    """The explorer's figure, once it is drawn: axes without anything are there before."""
    plots = page.locator(PLOT)
    expect(plots.locator(".main-svg :is(.point, .points path)").first).to_be_attached(
        timeout=WITHIN_MS
    )
    return plots


def shown_age(page: Page) -> str:
    """The prediction that is written on the number line of the figure, once one is drawn."""
    written = re.compile(r"Biological age (\d+\.\d)")
    line = page.locator(f"{PLOT} text").filter(has_text=written).first
    found = written.search(line.text_content(timeout=WITHIN_MS) or "")
    assert found
    return found[1]


def slider(page: Page, label: str) -> Locator:
    rows = page.locator(".agelens .widget-hbox").filter(visible=True)
    row = rows.filter(has=page.get_by_text(label, exact=True)).last
    return row.get_by_role("slider")


def predict(page: Page) -> str:
    """Pay for the example's values; the age."""
    page.get_by_role("button", name="Predict (10 credits)").click()
    expect(page.get_by_text("see a new estimate, free of charge")).to_be_visible()
    return shown_age(page)


def press(page: Page, handle: Locator, key: str, times: int) -> None:
    handle.focus()
    for _ in range(times):
        page.keyboard.press(key)


def as_wide_as_its_place(plots: Locator) -> bool:
    place, drawn = plots.bounding_box(), plots.locator(".main-svg").first.bounding_box()
    return bool(place and drawn) and abs(place["width"] - drawn["width"]) < 2


def unreadable(page: Page) -> list[str]:
    """What somebody would miss who cannot see it well, or at all."""
    found = Axe().run(page, context=".agelens")
    return [found.generate_report()] if found.violations_count else []


def test_values_are_paid_once_varied_for_nothing_and_found_again(
    lab: Lab, make_person: MakePerson
) -> None:
    person = make_person(credits=23)
    earlier = person.client.predict({"systolic_bp": 120, "glucose": 5.0}, chronological_age=40)
    opened = lab(person, CELLS)
    page = opened.page
    opened.run_all()
    plots = plots_of(page)
    page.set_viewport_size({"width": 1000, "height": 900})
    wait_until(lambda: as_wide_as_its_place(plots))
    change_the_unit_and_back(page)

    page.get_by_role("button", name="Predict (10 credits)").dblclick()
    expect(page.get_by_text("see a new estimate, free of charge")).to_be_visible()
    before = shown_age(page)
    press(page, slider(page, "Systolic blood pressure"), "ArrowLeft", 30)
    expect(page.locator(NUMBER)).to_contain_text(f"was {before}")
    paid = next(person.client.history())
    wanted = f"{person.client.what_if(paid, systolic_bp=120).prediction:.1f}"
    assert wanted != before
    expect(page.locator(NUMBER)).to_contain_text(f"now {wanted}")
    wait_until(lambda: shown_age(page) == wanted)
    expect(plots).to_contain_text("120 mmHg")
    assert [task.charged for task in person.client.history()] == [10, 10]
    page.get_by_role("button", name="Reset").click()
    wait_until(lambda: shown_age(page) == before)
    expect(page.get_by_role("slider", name="Systolic blood pressure")).to_be_visible()
    expect(page.get_by_role("combobox", name="Unit of Systolic blood pressure")).to_be_visible()
    problems = unreadable(page)

    page.get_by_role("tab", name="History").click()
    expect(page.locator(NUMBER)).to_contain_text("Results over time")
    expect(page.locator(f"{PLOT} .point")).to_have_count(
        3
    )  # two predictions, and one's age on that day
    predictions = page.get_by_role("listbox", name="Earlier predictions")
    expect(predictions.get_by_role("option")).to_have_count(2)
    problems += unreadable(page)
    predictions.select_option(index=1)
    page.get_by_role("button", name="Open").click()
    wait_until(lambda: shown_age(page) == f"{earlier.prediction:.1f}")
    expect(page.get_by_text("see a new estimate, free of charge")).to_be_visible()

    press(page, slider(page, "Systolic blood pressure"), "ArrowLeft", 1)
    page.get_by_role("button", name="Predict (10 credits)").click()
    expect(page.get_by_text("Not enough credits")).to_be_visible()
    assert person.client.wallet.available == 3
    expect(plots).to_have_count(1)
    assert problems == []


def change_the_unit_and_back(page: Page) -> None:
    """The value stays what it is."""
    row = page.locator(".agelens .widget-hbox")
    row = row.filter(has=page.get_by_text("Blood glucose", exact=True)).last
    box, unit = row.locator("input[type=number]"), row.locator("select")
    expect(box).to_have_value("5.5")
    unit.select_option(label="mg/dL")
    expect(box).to_have_value("99")
    expect(row.get_by_role("slider")).to_have_attribute("aria-valuenow", "99.0")
    unit.select_option(label="mmol/L")
    expect(box).to_have_value("5.5")


def test_all_clocks_that_are_ready_are_calculated_on_the_one_figure(
    lab: Lab, make_person: MakePerson
) -> None:
    person = make_person(credits=100)
    opened = lab(person, CELLS)
    page = opened.page
    opened.run_all()
    plots = plots_of(page)
    page.get_by_role("tab", name="All clocks").click()
    chips = page.locator(".agelens-chips")
    expect(chips).to_contain_text("Phenotypic age (Levine 2018): ready", timeout=WITHIN_MS)
    expect(chips).to_contain_text("Blood marker age (Bortz 2023): needs")
    page.get_by_role("button", name=re.compile("Calculate all that are ready")).click()
    expect(plots).to_contain_text("Phenotypic age", timeout=WITHIN_MS)
    expect(plots).to_contain_text("Your age")
    expect(page.get_by_text("credits were charged.")).to_be_visible()
    expect(plots).to_have_count(1)
    (found,) = person.client.assessments
    assert found.charged == found.price > 0
    assert "kaggle-age" not in found.results
    assert unreadable(page) == []


PEOPLE = """
import pandas as pd
from agelens.client import Client
from agelens.notebook import CohortView
people = pd.DataFrame({"systolic_bp": [110, 130, 150, 999], "glucose": [5.0, 5.5, 6.0, 5.0]})
CohortView(Client(), people)
"""


def test_a_cohort_is_checked_paid_for_and_summed_up(lab: Lab, make_person: MakePerson) -> None:
    person = make_person(credits=40)
    opened = lab(person, [PEOPLE])
    page = opened.page
    opened.run_all()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("systolic blood pressure must be").first).to_be_visible()
    assert unreadable(page) == []
    assert person.client.wallet.available == 40
    page.get_by_role("button", name="Score (40 credits)").click()
    expect(page.get_by_text("3 of 4 rows scored for 30 credits.")).to_be_visible()
    expect(plots_of(page)).to_have_count(1)
    assert person.client.wallet.available == 10
    page.get_by_role("button", name="Top factors").click()
    expect(page.locator(f"{PLOT} text").filter(has_text="Blood glucose")).to_be_visible()
    expect(page.locator(PLOT)).to_have_count(1)
    assert unreadable(page) == []


@pytest.mark.view(dark=True)
def test_everything_can_be_read_in_the_dark(lab: Lab, make_person: MakePerson) -> None:
    person = make_person(credits=10)
    person.client.predict({"systolic_bp": 120, "glucose": 5.0}, chronological_age=40)
    opened = lab(person, [*CELLS, PEOPLE])
    page = opened.page
    opened.run_all()
    plots_of(page)
    words = page.locator(f"{PLOT} text tspan").filter(has_text="Starting point").last
    expect(words).to_have_css("fill", NEARLY_WHITE)
    page.get_by_role("button", name="Check", exact=True).last.click()
    expect(page.get_by_text("systolic blood pressure must be").first).to_be_visible()
    problems = unreadable(page)
    page.get_by_role("tab", name="History").click()
    expect(page.locator(NUMBER).first).to_contain_text("Results over time")
    problems += unreadable(page)
    assert problems == []


# What they print and fetch with any notebook of widgets, also with an empty slider alone.
NOTEBOOK = (
    r"Menu entry for command '[^']+' is duplicated",
    r"Not same Y\.Doc",
    r"reading 'schema'",
    r"Command 'filebrowser:open-path' not registered",
    r"status of 403 .*\.woff2",
)
VOILA = (
    r"https://cdn\.jsdelivr\.net/npm/@fortawesome/",
    r"https://cdnjs\.cloudflare\.com/ajax/libs/mathjax/",
    r"[Ss]hared (singleton )?module",
    r"Failed to create module: package: @jupyter-notebook/lab-extension",
)


@pytest.mark.parametrize(("app", "known"), [("notebook", NOTEBOOK), ("voila", VOILA)])
def test_it_works_in_notebook_7_and_voila(
    lab: Lab, make_person: MakePerson, app: str, known: tuple[str, ...]
) -> None:
    opened = lab(make_person(credits=10), CELLS, app=app)
    opened.watch.expect(*known)
    page = opened.page
    if app == "notebook":
        opened.run_all()
    plots = plots_of(page)
    before = predict(page)
    press(page, slider(page, "Systolic blood pressure"), "ArrowRight", 5)
    expect(page.locator(NUMBER)).to_contain_text(f"was {before}")
    wait_until(lambda: shown_age(page) != before)
    expect(plots).to_have_count(1)
