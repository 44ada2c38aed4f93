"""What a visit moves over the wire, as the browser counts it: compressed, with headers."""

from collections.abc import Callable

import pytest
from browser.conftest import OpenContext
from browser.people import Person, log_in
from browser.running import Site
from browser.watching import settled
from playwright.sync_api import Page

FIRST_VISIT = 1_500_000
AGAIN = {"/": 120_000, "/results/{newer}": 300_000}

Report = Callable[[str, object], None]


class Wire:
    """Counts the bytes of every answer that a page receives."""

    def __init__(self, page: Page) -> None:
        self.received: list[int] = []
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on(
            "Network.loadingFinished",
            lambda event: self.received.append(int(event["encodedDataLength"])),
        )

    def of(self, page: Page, place: str) -> int:
        """The bytes of one visit, with its chart."""
        self.received.clear()
        page.goto(place)
        page.locator("main .js-plotly-plot .main-svg").first.wait_for()
        settled(page)
        return sum(self.received)


@pytest.mark.parametrize("place", list(AGAIN))
def test_a_first_visit_is_light_and_the_next_lighter(
    open_context: OpenContext,
    site: Site,
    patient: Person,
    place: str,
    record_property: Report,
) -> None:
    context = open_context()  # nothing is cached
    log_in(context, site.url, patient)
    page = context.new_page()
    wire = Wire(page)
    address = place.format(**patient.tasks)
    first, again = wire.of(page, address), wire.of(page, address)
    record_property(f"bytes of a first visit to {place}", first)
    record_property(f"bytes of the next visit to {place}", again)
    print(f"{place}: {first:,} bytes, then {again:,}")
    assert 300_000 < first <= FIRST_VISIT  # less would mean that the chart's script was not counted
    assert again <= AGAIN[place]


def test_only_a_page_with_a_chart_loads_the_library_of_charts(
    open_context: OpenContext,
) -> None:
    page = open_context().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/login")
    settled(page)
    assert not [url for url in asked if "plotly" in url]
    page.goto("/")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert len([url for url in asked if url.endswith("plotly-cartesian.min.js")]) == 1
    assert not [url for url in asked if "package_data/plotly" in url]
