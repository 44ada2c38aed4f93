"""A task on its way, as its owner sees it: waiting, canceling, coming back, the end."""

import re
from collections.abc import Callable

from browser.people import MIDDLE_AGED, Person
from browser.running import Site
from playwright.sync_api import Locator, Page, expect

BY_ITSELF_MS = 60_000


def heading(page: Page, words: str) -> Locator:
    return page.get_by_role("heading", level=1, name=words)


def test_a_waiting_task_is_canceled_here_or_elsewhere_and_costs_nothing(
    page: Page, visitor: Person, without_workers: Site
) -> None:
    task_id = visitor.client.submit(MIDDLE_AGED)
    page.goto(f"/results/{task_id}")
    expect(heading(page, "Your result is on its way")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Queued since")
    expect(page.locator("#credits")).to_have_text("90 credits")
    page.get_by_role("button", name="Cancel").click()
    expect(heading(page, "Canceled")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("You were not charged.")
    expect(page.locator("#credits")).to_have_text("100 credits")
    again = page.get_by_role("link", name="Try again with the same answers")
    expect(again).to_have_attribute("href", f"/new?like={task_id}")
    assert visitor.client.task(task_id).status == "canceled"
    page.reload()
    expect(heading(page, "Canceled")).to_be_visible()

    elsewhere = visitor.client.submit(MIDDLE_AGED)
    page.goto(f"/results/{elsewhere}")
    expect(page.get_by_role("status")).to_contain_text("Queued since")
    visitor.client.cancel(elsewhere)
    expect(heading(page, "Canceled")).to_be_visible()


def test_no_free_worker_is_told_and_a_new_one_brings_the_result_without_a_reload(
    page: Page, visitor: Person, without_workers: Site
) -> None:
    task_id = visitor.client.submit(MIDDLE_AGED)
    page.goto(f"/results/{task_id}")
    expect(heading(page, "Your result is on its way")).to_be_visible()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("Queued since")
    words = page.get_by_role("status").filter(has_text="No worker is free right now")
    expect(words).to_be_visible(timeout=BY_ITSELF_MS)
    page.evaluate("() => { window.still_the_same_page = true; }")
    without_workers.start_worker()
    expect(heading(page, "Your biological age")).to_be_visible(timeout=BY_ITSELF_MS)
    age = visitor.client.task(task_id).result.prediction
    expect(page.locator("#result-age")).to_have_text(f"{age:.1f}")
    assert page.evaluate("() => window.still_the_same_page") is True
    page.get_by_text("factors in one chart").click()
    expect(page.locator("#result-waterfall .main-svg").first).to_be_visible()
    expect(page.locator("#credits")).to_have_text("90 credits")
    assert visitor.client.wallet.balance == 90


def test_a_draft_leads_to_its_form_and_what_is_not_ones_own_does_not_exist(
    page: Page,
    patient: Person,
    enter: Callable[[Person], Person],
    make_person: Callable[..., Person],
) -> None:
    enter(patient)
    page.goto(f"/results/{patient.tasks['draft']}")
    expect(page).to_have_url(re.compile(rf"/new\?draft={patient.tasks['draft']}$"))
    other = make_person(credits=10).client.predict(MIDDLE_AGED).task.id
    for task_id in (other, "00000000-0000-0000-0000-000000000000"):
        page.goto(f"/results/{task_id}")
        expect(heading(page, "Page not found")).to_be_visible()
