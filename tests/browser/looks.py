"""What the eye would see of a page: faint texts, bright boxes, things that stick out."""

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")


def lasting(look: Callable[[], list[str]], seconds: float = 5.0) -> list[str]:
    """What is still there after a while: colours may just be changing."""
    deadline = time.monotonic() + seconds
    while (found := look()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def faint_texts(page: Page) -> list[str]:
    """Texts, also in figures and fields, whose contrast with what is behind them is below 4.5."""
    return _ask(page, "faintTexts()")


def bright_boxes(page: Page) -> list[str]:
    """Areas that would glare on a dark page."""
    return _ask(page, "brightBoxes()")


def brightness(page: Page, selector: str) -> list[float]:
    """Relative luminance behind the texts of each such element, from 0 to 1."""
    return _ask(page, f"brightness({selector!r})")


def _ask(page: Page, question: str) -> list:
    page.evaluate(SCRIPT)
    return page.evaluate(f"() => window.{question}")


def overhanging(page: Page) -> list[str]:
    """What makes a page scroll sideways: nothing, or the things beyond its right edge."""
    return page.evaluate(
        """() => {
            const wide = document.scrollingElement.scrollWidth;
            if (wide <= window.innerWidth) return [];
            const beyond = [...document.body.querySelectorAll("*")].filter((e) => {
                const box = e.getBoundingClientRect();
                return box.width && box.right > window.innerWidth + 1;
            });
            return [`${wide} px on a screen of ${window.innerWidth}`].concat(
                beyond.slice(0, 8).map((e) => e.tagName + "#" + e.id + "." + e.className));
        }"""
    )


def small_targets(page: Page, selector: str, pixels: int = 40) -> list[str]:
    """Things to tap that are lower than that."""
    return page.evaluate(
        """([selector, pixels]) => [...document.querySelectorAll(selector)]
            .filter((e) => e.checkVisibility({visibilityProperty: true}))
            .map((e) => [e, e.getBoundingClientRect()])
            .filter(([e, box]) => box.width > 1 && box.height < pixels - 0.5)
            .map(([e, box]) => `${(e.innerText || e.ariaLabel || e.id).slice(0, 40)}: ` +
                `${Math.round(box.width)} x ${Math.round(box.height)}`)""",
        [selector, pixels],
    )
