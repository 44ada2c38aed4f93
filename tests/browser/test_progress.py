"""A task on its way, as its owner sees it: waiting, canceling, coming back, the end."""

import re
from collections.abc import Callable, Iterator

import pytest
from browser.people import MIDDLE_AGED, Person
from browser.running import Site, wait_until
from playwright.sync_api import Page, expect


@pytest.fixture
def without_workers(site: Site) -> Iterator[Site]:
    """Nobody computes anything; afterwards somebody does again."""
    site.stop_workers()
    yield site
    if not any(name.startswith("worker") for name in site.stack.parts):
        site.start_worker()


def heading(page: Page, words: str):
    return page.get_by_role("heading", level=1, name=words)


def test_a_waiting_task_can_be_canceled_and_costs_nothing(
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


def test_no_free_worker_is_told_and_a_new_one_brings_the_result_without_a_reload(
    page: Page, visitor: Person, without_workers: Site
) -> None:
    task_id = visitor.client.submit(MIDDLE_AGED)
    page.goto(f"/results/{task_id}")
    expect(heading(page, "Your result is on its way")).to_be_visible()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("Queued since")
    words = page.get_by_role("status").filter(has_text="No worker is free at the moment")
    expect(words).to_be_visible(timeout=30_000)
    page.evaluate("() => { window.still_the_same_page = true; }")
    without_workers.start_worker()
    expect(heading(page, "Your biological age")).to_be_visible(timeout=60_000)
    age = visitor.client.task(task_id).result.prediction
    expect(page.locator("#result-age")).to_have_text(f"{age:.1f}")
    assert page.evaluate("() => window.still_the_same_page") is True
    expect(page.locator("#result-waterfall .js-plotly-plot")).to_be_visible()


def test_the_page_answers_while_it_waits(
    page: Page, visitor: Person, without_workers: Site
) -> None:
    """The question that waits for the end does not keep others from being asked."""
    task_id = visitor.client.submit(MIDDLE_AGED)
    page.goto(f"/results/{task_id}")
    expect(page.get_by_role("status")).to_contain_text("Queued since")
    visitor.client.cancel(task_id)
    expect(heading(page, "Canceled")).to_be_visible(timeout=5_000)


def test_a_failed_task_says_why_and_leads_back_to_the_answers(
    page: Page, visitor: Person, site: Site
) -> None:
    from agelens.storage import Task
    from sqlalchemy import update

    task_id = visitor.client.predict(MIDDLE_AGED).task.id
    failed = {
        "status": "failed",
        "result": None,
        "charged": 0,
        "error_code": "scoring_failed",
        "error_message": "The parts did not add up.",
    }
    with site.sessions.begin() as session:
        before = session.get(Task, task_id)
        kept = {name: getattr(before, name) for name in failed}
        session.execute(update(Task).where(Task.id == task_id).values(failed))
    page.goto(f"/results/{task_id}")
    expect(heading(page, "There is no result")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("The parts did not add up.")
    expect(page.get_by_role("main")).to_contain_text("You were not charged.")
    again = page.get_by_role("link", name="Try again with the same answers")
    expect(again).to_have_attribute("href", f"/new?like={task_id}")
    with site.sessions.begin() as session:  # the books are compared with the tasks after each test
        session.execute(update(Task).where(Task.id == task_id).values(kept))


def test_a_draft_leads_to_its_form(page: Page, visitor: Person) -> None:
    draft = visitor.client.drafts.create({"systolic_bp": 128})
    page.goto(f"/results/{draft.id}")
    expect(page).to_have_url(re.compile(rf"/new\?draft={draft.id}$"))


def test_somebody_elses_task_does_not_exist(
    page: Page, visitor: Person, make_person: Callable[..., Person]
) -> None:
    other = make_person(credits=10)
    task_id = other.client.submit(MIDDLE_AGED)
    wait_until(lambda: other.client.task(task_id).is_finished)
    page.goto(f"/results/{task_id}")
    expect(heading(page, "There is nothing here")).to_be_visible()


def test_a_task_that_never_was_does_not_exist(page: Page, visitor: Person) -> None:
    page.goto("/results/00000000-0000-0000-0000-000000000000")
    expect(heading(page, "There is nothing here")).to_be_visible()
