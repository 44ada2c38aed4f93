"""How long people wait. Figures are printed and kept; the limits are three times the aims."""

import statistics
import time
from collections.abc import Callable

import pytest
from browser.conftest import OpenContext
from browser.people import Person, log_in
from browser.places import visit
from browser.running import Site
from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, pytest.mark.serial]

FIRST_CHART_SECONDS = 3.0
WHAT_IF_MS = 120.0
LENIENT = 3
LOADS = 5
MOVES = 24

Report = Callable[[str, object], None]

# Times, in the page itself, from a pressed key to the bars that were drawn because of it.
MEASURE = """async (moves) => {
    const bars = document.querySelector("#result-changed");
    const thumb = document.querySelector("#result-what-if [role=slider]");
    const found = [];
    thumb.focus();
    for (let i = 0; i < moves; i += 1) {
        const drawn = new Promise((done) => {
            const observer = new MutationObserver(() => {
                observer.disconnect();
                requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
            });
            observer.observe(bars, {subtree: true, childList: true, attributes: true});
        });
        const began = performance.now();
        const key = i < moves / 2 ? "ArrowRight" : "ArrowLeft";
        thumb.dispatchEvent(new KeyboardEvent("keydown", {key, code: key, bubbles: true}));
        found.push(await drawn - began);
        await new Promise((done) => setTimeout(done, 50));
    }
    return found;
}"""


def report(record_property: Report, what: str, median: float, taken: list[float]) -> None:
    """Into the test's report, and onto the screen with -s or -rA."""
    record_property(what, round(median, 3))
    each = ", ".join(f"{one:.2f}" for one in taken)
    print(f"{what}: {median:.2f}" + (f" (median of {each})" if each else ""))


def test_the_first_chart_of_a_result(
    open_context: OpenContext, site: Site, patient: Person, record_property: Report
) -> None:
    taken = []
    for _ in range(LOADS):
        context = open_context()  # nothing is cached
        log_in(context, site.url, patient)
        page = context.new_page()
        began = time.monotonic()
        page.goto("/results/{newer}".format(**patient.tasks))
        page.locator("main .js-plotly-plot .main-svg").first.wait_for()
        taken.append(time.monotonic() - began)
        context.close()
    median = statistics.median(taken)
    report(record_property, "first chart of a result, seconds", median, taken)
    assert median < LENIENT * FIRST_CHART_SECONDS


def test_moving_a_slider(
    page: Page, enter: Callable[[Person], Person], patient: Person, record_property: Report
) -> None:
    enter(patient)
    visit(page, "/results/{newer}", patient)
    page.locator("#result-try-title").evaluate("title => title.scrollIntoView()")
    page.locator(".workbench-track svg").first.wait_for()
    taken = page.evaluate(MEASURE, MOVES)
    median = statistics.median(taken)
    report(record_property, "slider to redrawn chart, ms", median, taken)
    assert len(taken) == MOVES
    assert median < LENIENT * WHAT_IF_MS
