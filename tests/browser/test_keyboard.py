"""The web app without a pointer: every stop can be seen, none holds one back, all leads on."""

from collections.abc import Callable, Iterator

import pytest
from browser.assessment_form import ASSESSMENT, RESULT, arrived, checked
from browser.people import PASSWORD, Person
from browser.places import visit
from browser.watching import settled
from playwright.sync_api import Page, expect

PLACES = ("/new", "/results/{newer}", "/history", "/wallet", "/account")
MOST_STOPS = 200
# What has the focus, whether it can be seen, and whether it looks different without the focus.
STOP = """() => {
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return null;
    if (!window.still) {  // else a look may be asked for between two looks
        window.still = new CSSStyleSheet();
        window.still.replaceSync("* { transition: none !important; }");
        document.adoptedStyleSheets.push(window.still);
    }
    const unseen = e.getBoundingClientRect().width < 2;  // its label is shown for it
    const shown = unseen && e.labels?.[0] || e;
    const look = () => {
        const found = [];
        for (let one = shown, i = 0; one && i < 3; one = one.parentElement, i += 1) {
            const s = getComputedStyle(one);
            found.push(s.outlineStyle === "none" ? "" : s.outline, s.borderColor, s.boxShadow);
        }
        return found.join("|");
    };
    const box = shown.getBoundingClientRect();
    const focused = look();
    if (!window.stops) window.stops = new Map();
    const within = e.type === "date" && e === window.last;  // to leave it would begin it anew
    window.last = e;
    if (!window.stops.has(e)) window.stops.set(e, window.stops.size);
    const name = `${e.tagName} ${e.id} ${(e.ariaLabel || e.innerText || e.name || "").slice(0, 40)}`;
    const small = box.width < 2 || box.height < 2;
    const away = box.bottom < 0 || box.right < 0 || box.top > innerHeight || box.left > innerWidth;
    if (within) return {number: window.stops.get(e), name, small, away, marked: true};
    e.blur();
    const marked = focused !== look();
    e.focus({preventScroll: true});
    return {number: window.stops.get(e), name, small, away, marked};
}"""

# What one could use and Tab has not come to.
MISSED = """() => [...document.querySelectorAll(
        "main a[href], main button, main input, main summary")]
    .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled)
    .filter((e) => e.tabIndex >= 0 && e.type !== "radio" && e.getClientRects().length)
    .filter((e) => !window.stops.has(e) && !e.closest("[inert], [aria-hidden=true]"))
    .map((e) => `${e.tagName} ${e.id} ${(e.ariaLabel || e.innerText).slice(0, 40)}`)"""


def stops(page: Page) -> Iterator[dict]:
    """Tab through the page, out of its end and in again, until the focus has been everywhere.

    A field for a day has several stops: year, month, day and calendar.
    """
    seen = set()
    left = 0
    last = None
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None and not left:
            left += 1
            continue
        if stop is not None and stop["number"] == last:
            continue
        if stop is None or stop["number"] in seen:
            return
        last = stop["number"]
        seen.add(stop["number"])
        yield stop
    pytest.fail(f"more than {MOST_STOPS} stops")


def test_every_stop_can_be_seen_and_none_is_the_last_by_mistake(
    page: Page, enter: Callable[[Person], Person], patient: Person
) -> None:
    problems = {"/login": faults(page, "/login", patient)}
    enter(patient)
    problems |= {place: faults(page, place, patient) for place in PLACES}
    assert {place: told for place, told in problems.items() if any(told.values())} == {}


def faults(page: Page, place: str, person: Person) -> dict[str, list[str]]:
    """Stops that cannot be seen, and what is none."""
    visit(page, place, person)
    page.evaluate("() => { document.activeElement.blur(); }")
    found = list(stops(page))
    return {
        "out of sight": [stop["name"] for stop in found if stop["small"] or stop["away"]],
        "not marked": [stop["name"] for stop in found if not stop["marked"]],
        "missed": page.evaluate(MISSED),
    }


def test_one_can_skip_the_navigation(
    page: Page, enter: Callable[[Person], Person], patient: Person
) -> None:
    enter(patient)
    visit(page, "/wallet", patient)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#content :focus")).to_have_count(1)


def test_from_the_login_to_a_moved_slider(page: Page, make_person: Callable[..., Person]) -> None:
    person = make_person(credits=60)
    page.goto("/login")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="History")).to_be_visible()
    go_to(page, "New assessment", "A")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="New assessment")).to_be_focused()
    arrived(page)
    go_to(page, "Fill in a demo profile")
    page.keyboard.press("Space")
    expect(page.get_by_text("Filled in with a demo profile.")).to_be_visible()
    checked(page)
    go_to(page, "Calculate all that are ready")
    page.keyboard.press("Enter")
    expect(page).to_have_url(ASSESSMENT)
    expect(page.get_by_role("link", name="Full result: Mortality age")).to_be_visible()
    go_to(page, "Full result: Mortality age", "A")
    page.keyboard.press("Enter")
    expect(page).to_have_url(RESULT)
    before = page.locator("#result-age")
    expect(before).to_be_visible()
    settled(page)
    slider = page.locator("#result-what-if").get_by_role("slider").first
    for _ in stops(page):
        if slider.evaluate("(e) => e === document.activeElement"):
            break
    expect(slider).to_be_focused()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#result-new-age")).not_to_have_text(before.inner_text())


def go_to(page: Page, words: str, tag: str = "BUTTON") -> None:
    """Tab until something with these words has the focus."""
    settled(page)
    for stop in stops(page):
        if stop["name"].startswith(tag) and words in stop["name"]:
            return
    pytest.fail(f"no way to {words}")
