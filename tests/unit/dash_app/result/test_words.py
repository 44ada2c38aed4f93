"""What the page says of a task that has no result yet, and around one that has."""

from datetime import UTC, datetime, timedelta

import pytest
from unit.dash_app.result.made_up import GLUCOSE, result, task
from unit.dash_app.result.readable import text

from dash_app import displayed_factors
from dash_app.pages.result import actions, progress, what_if


def waiting(status, seconds):
    since = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()
    return task(status=status, created_at=since, started_at=since, finished_at=None, result=None)


def test_a_fresh_task_is_told_that_it_is_quick():
    assert "about a second" in text(progress.status_text(waiting("queued", 1)))


def test_after_a_while_a_queued_task_is_told_that_no_worker_is_free():
    told = text(progress.status_text(waiting("queued", 75)))
    assert "No worker is free right now" in told
    assert "1 minute" in told


def test_a_slow_worker_is_admitted():
    assert "longer than usual" in text(progress.status_text(waiting("running", 60)))


def test_a_failed_task_says_why_and_that_it_was_free():
    error = {"code": "scoring_failed", "message": "The parts do not add up."}
    of = task(status="failed", result=None, error=error, charged=0)
    told = text(progress.without_result(of))
    assert "No result" in told
    assert "The parts do not add up." in told
    assert "You were not charged." in told
    assert f"href='/new?like={of.id}'" in str(progress.without_result(of))


@pytest.mark.parametrize(
    ("newest_first", "href"),
    [
        (["c", "b", "a"], "/compare?a=a&b=b"),
        (["c", "b"], "/compare?a=b&b=c"),
        (["b"], "/compare?b=b"),
        (["x"], "/compare?b=b"),
    ],
)
def test_a_result_is_compared_with_its_neighbour_in_time(newest_first, href):
    assert actions.neighbour("b", newest_first)[0] == href


def test_the_sliders_say_when_a_new_prediction_is_needed():
    found = displayed_factors.factors_of(task(result=result()), {"glucose": GLUCOSE})
    said = text(what_if.what_if_section(task(result=result()), None, found))
    assert "up to half of your values" in said
    assert "start a new assessment" in said
