"""Which result another one is compared with: that of the blood draw before it."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from agelens.client import Client, Task
from agelens.client.shapes import ModelName

from dash_app.pages.result.actions import comparison_link

PREVIOUS, NEXT = "Compare with the previous result", "Compare with the next result"
# By the day of the blood draw, the newest first; the number is the order in which they were entered
DAYS = {
    "r1": date(2025, 6, 1),
    "r4": date(2025, 1, 1),
    "r2": date(2025, 1, 1),
    "r3": date(2024, 1, 1),
}


def entry(name: str, day: date) -> Any:
    """A panel of two clocks and one that failed."""
    results = [
        SimpleNamespace(
            task_id=f"other-{name}", status="succeeded", model=ModelName("kdm", "1.0.0")
        ),
        SimpleNamespace(
            task_id=f"failed-{name}", status="failed", model=ModelName("phenoage", "1.0.0")
        ),
        SimpleNamespace(task_id=name, status="succeeded", model=ModelName("phenoage", "1.0.0")),
    ]
    return SimpleNamespace(measured_on=day, results=results)


def link(task_id: str, days: dict[str, date]) -> tuple[str, str]:
    def page(*, status: str, model: str, limit: int, **period: date) -> Any:
        assert (status, model) == ("succeeded", "phenoage")
        since, until = period.get("since", date.min), period.get("until", date.max)
        found = [entry(name, day) for name, day in days.items() if since <= day <= until]
        return SimpleNamespace(items=found[:limit])

    client = SimpleNamespace(timeline=SimpleNamespace(page=page))
    model = ModelName("phenoage", "1.0.0")
    task = SimpleNamespace(id=task_id, model=model, measured_on=days[task_id])
    return comparison_link(cast(Client, client), cast(Task, task))


@pytest.mark.parametrize(
    ("task_id", "address", "words"),
    [
        ("r1", "/compare?a=r4&b=r1", PREVIOUS),
        ("r4", "/compare?a=r2&b=r4", PREVIOUS),
        ("r2", "/compare?a=r3&b=r2", PREVIOUS),
        ("r3", "/compare?a=r3&b=r2", NEXT),
    ],
)
def test_a_result_is_compared_by_the_day_of_the_blood_draw(
    task_id: str, address: str, words: str
) -> None:
    assert link(task_id, DAYS) == (address, words)


def test_the_only_result_of_a_clock_is_compared_with_one_that_is_chosen() -> None:
    assert link("r1", {"r1": date(2025, 6, 1)}) == (
        "/compare?b=r1",
        "Compare with another result",
    )
