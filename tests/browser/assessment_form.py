"""The form of a new assessment, as the walks fill it in."""

import re

from browser.watching import settled
from playwright.sync_api import Locator, Page, expect

RESULT = re.compile(r"/results/[0-9a-f-]{36}$")
ASSESSMENT = re.compile(r"/assessments/[0-9a-f-]{36}$")
CALCULATE = re.compile("^Calculate")
DEMONSTRATION = "/new?model=kaggle-age"  # the one clock that few values feed

# What Levine's clock takes, in the units of a report from the United Kingdom.
PHENOAGE = {
    "Blood glucose": "5,1",
    "Albumin": "44",
    "Creatinine": "70",
    "Alkaline phosphatase": "62",
    "C-reactive protein": "1.2",
    "White blood cell count": "5.8",
    "Lymphocytes, share of white cells": "32",
    "Mean red cell volume": "90",
    "Red cell distribution width": "12.9",
}


def field(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label, exact=True)


def unit(page: Page, label: str) -> Locator:
    return page.get_by_role("combobox", name=f"Unit of {label}", exact=True)


def day(page: Page) -> Locator:
    return page.get_by_label("Blood drawn on", exact=True)


def arrived(page: Page) -> None:
    """Wait until the form listens: what is typed or clicked between its drawing and that is not heard."""
    page.wait_for_function("() => window.agelens_form && window.agelens_form.live.schema")


def typed(page: Page, label: str, text: str) -> None:
    arrived(page)
    field(page, label).fill(text)
    field(page, label).blur()


def fill(page: Page, answers: dict[str, str]) -> None:
    arrived(page)
    for label, text in answers.items():
        field(page, label).fill(text)


def choose_unit(page: Page, label: str, name: str) -> None:
    arrived(page)
    unit(page, label).select_option(label=name)


def choose(page: Page, name: str) -> None:
    """`check()` would look at once, and the page needs a moment."""
    arrived(page)
    radio = page.get_by_role("radio", name=name, exact=True)
    radio.click()
    expect(radio).to_be_checked()


def unfold(page: Page, group: str) -> None:
    fold = page.locator(".assessment-fold").filter(has=page.get_by_text(group, exact=True))
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()


def clock(page: Page, title: str) -> Locator:
    """The tick box of a clock that is ready."""
    return page.get_by_role("checkbox", name=f"{title} ready", exact=True)


def checked(page: Page) -> None:
    """Wait until the chips say what stands in the form."""
    page.wait_for_function("() => !window.agelens_form.live.pending")
    settled(page)


def only(page: Page, *titles: str) -> None:
    """Untick every other clock that is ready."""
    checked(page)
    for chip in page.locator(".assessment-clock.ready").all():
        wanted = any(chip.inner_text().startswith(f"{title} ready") for title in titles)
        box = chip.get_by_role("checkbox")
        if box.is_checked() != wanted:
            box.click()
    checked(page)


def demo(page: Page) -> None:
    arrived(page)
    page.get_by_role("button", name="Fill in a demo profile").click()
    expect(page.get_by_text("Filled in with a demo profile.")).to_be_visible()
    checked(page)


def submit(page: Page) -> Locator:
    return page.get_by_role("button", name=CALCULATE)


def calculate(page: Page) -> None:
    settled(page)  # what came back from elsewhere may still be on its way
    checked(page)
    submit(page).click()


def message(page: Page, label: str) -> Locator:
    """What stands below a field that is marked as wrong, found as a screen reader finds it."""
    expect(field(page, label)).to_have_attribute("aria-invalid", "true")
    described = (field(page, label).get_attribute("aria-describedby") or "").split()
    (error,) = [part for part in described if part.endswith("-error")]
    return page.locator(f"[id='{error}']")
