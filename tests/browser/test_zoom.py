"""Every page at 400 % zoom, which leaves 320 x 256: one column, and nothing in the way."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.looks import lasting, overhanging
from browser.people import Person
from browser.places import ANYBODY, EVERY, visit
from playwright.sync_api import Page, expect

MOST_STOPS = 200
# What has the focus, and why it is not seen: away from the window, or under a bar that stays.
SEEN = """() => {
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return null;
    const stays = (one) => {
        while (one && !/^(fixed|sticky)$/.test(getComputedStyle(one).position)) one = one.parentElement;
        return one;
    };
    const unseen = e.getBoundingClientRect().width < 2;  // its label is shown for it
    const box = (unseen && e.labels?.[0] || e).getBoundingClientRect();
    const name = `${e.tagName} ${e.id} ${(e.ariaLabel || e.innerText || e.name || "").slice(0, 40)}`;
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    if (right - left < 2 || bottom - top < 2) return [name, `${name} is away`];
    const middle = (left + right) / 2;
    // What is higher than the room below the header may begin under it.
    const heights = box.height > innerHeight / 2 ? [0.5] : [0, 0.5, 1];
    for (const y of heights.map((share) => top + 2 + share * (bottom - top - 4))) {
        const bar = stays(document.elementFromPoint(middle, y));
        if (bar && !bar.contains(e)) return [name, `${name} is under ${bar.className || bar.id}`];
    }
    return [name, ""];
}"""
# How much of the window's height is taken by what does not scroll away.
TAKEN = """() => {
    const lines = new Set();
    for (const e of document.querySelectorAll("body *")) {
        if (!/^(fixed|sticky)$/.test(getComputedStyle(e).position)) continue;
        if (!e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        const box = e.getBoundingClientRect();
        if (box.width < 160) continue;
        for (let y = Math.ceil(box.top); y < box.bottom; y += 1) {
            if (y >= 0 && y < innerHeight && e.contains(document.elementFromPoint(160, y))) lines.add(y);
        }
    }
    return lines.size / innerHeight;
}"""

pytestmark = pytest.mark.view(width=320, height=256)


@pytest.mark.parametrize("place", EVERY)
def test_a_page_at_four_hundred_percent_is_one_free_column(
    page: Page, administrator: Person, enter: Callable[[Person], Person], place: str
) -> None:
    if place not in ANYBODY:
        enter(administrator)
    visit(page, place, administrator)
    assert lasting(lambda: overhanging(page)) == []
    heard = Axe().run(page)
    assert heard.violations_count == 0, heard.generate_report()
    assert hidden_stops(page, "Tab") | hidden_stops(page, "Shift+Tab") == set()
    assert page.evaluate(TAKEN) < 0.5


def test_the_bar_of_two_picked_panels_covers_nothing(
    page: Page, administrator: Person, enter: Callable[[Person], Person]
) -> None:
    enter(administrator)
    visit(page, "/history", administrator)
    picks = page.locator(".history-table input[type=checkbox]")
    for pick in picks.all()[:2]:
        pick.check()
    expect(page.locator(".history-bar")).to_be_visible()
    assert lasting(lambda: overhanging(page)) == []
    assert page.evaluate(TAKEN) < 0.5
    assert hidden_stops(page, "Tab") | hidden_stops(page, "Shift+Tab") == set()


def hidden_stops(page: Page, key: str) -> set[str]:
    """Go through the page by that key, from its edge; what has the focus and is not seen."""
    page.evaluate("() => { document.activeElement.blur(); getSelection().removeAllRanges(); }")
    hidden, names = set(), []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        seen = page.evaluate(SEEN)
        if seen is None and len(names) > 1:
            break
        if seen is not None:
            names.append(seen[0])
            # what comes into sight may just be drawn, and moves what is below it
            hidden |= set(lasting(lambda: unseen(page), 3.0))
    else:
        pytest.fail(f"more than {MOST_STOPS} stops: {names[-5:]}")
    assert len(names) >= 5
    return hidden - {""}


def unseen(page: Page) -> list[str]:
    """What has the focus and is not seen, at this moment."""
    seen = page.evaluate(SEEN)
    return [seen[1]] if seen and seen[1] else []
