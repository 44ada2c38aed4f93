"""What the history says of a panel."""

import json
from datetime import date
from typing import Any

import pytest
from agelens.client import FieldProblem, TimelineEntry
from agelens.client.decoding import decode
from plotly.utils import PlotlyJSONEncoder
from unit.dash_app.history import made_up

from dash_app.pages.history import labels, periods, rows

NAMES = labels.Names(
    {"clock": "A clock (Somebody 2018)", "one": "Two (a)", "other": "Two (b)"},
    {"crp": "C-reactive protein"},
    frozenset({"toy"}),
)


def entry(*results: dict[str, Any], **more: Any) -> TimelineEntry:
    return decode(TimelineEntry, made_up.entry(*results, **more))


def drawn(component: Any) -> str:
    return json.dumps(component, cls=PlotlyJSONEncoder, ensure_ascii=False)


def row(*results: dict[str, Any], **more: Any) -> str:
    return drawn(rows.row(entry(*results, **more), NAMES))


def test_a_draft_says_what_it_needs_by_the_names_that_people_know() -> None:
    problems = [
        FieldProblem("/answers/crp", "crp", "is required"),
        *[FieldProblem("/", "x", "y")] * 3,
    ]
    assert labels.missing(problems, NAMES) == "C-reactive protein is required. x y. And 2 more."


def test_a_title_is_short_where_that_tells_clocks_apart() -> None:
    assert NAMES.short("clock") == "A clock"
    assert (NAMES.short("one"), NAMES.short("other")) == ("Two (a)", "Two (b)")
    assert NAMES.short("gone") == "gone"


def test_a_panel_opens_where_it_belongs() -> None:
    assert rows.address(entry(made_up.draft())) == "/new?draft=t"
    assert rows.address(entry()) == "/results/t"
    assert rows.address(entry(id="a", assessment_id="a")) == "/assessments/a"


def test_only_drafts_can_be_run_and_only_results_compared() -> None:
    draft, done = row(made_up.draft()), row()
    assert "history-run" in draft
    assert "history-pick" not in draft
    assert "history-pick" in done
    assert "history-run" not in done


def test_a_row_has_the_day_of_the_blood_draw_first_and_when_it_was_entered() -> None:
    shown = row()
    assert shown.index("31 Mar 2025") < shown.index("entered 4 May 2026")
    assert '"dateTime": "2025-03-31"' in shown


def test_what_was_entered_on_the_day_itself_says_the_day_once() -> None:
    assert "entered" not in row(measured_on="2026-05-04")


def test_a_row_has_every_clock_with_the_difference_to_ones_age() -> None:
    interval = {"low": 45.04, "high": 57.0, "level": 0.9, "method": "m"}
    shown = row(
        made_up.result(age_gap=-2.04, interval=interval, task_id="one"),
        made_up.result(model={"name": "toy", "version": "2.0.0"}, unit="SD", prediction=1.234),
        made_up.result(
            status="failed", prediction=None, error={"code": "x", "message": "It broke."}
        ),
    )
    for words in ("50.0 years", "−2.0", "45.0 to 57.0", "/results/one", "1.23 SD", "It broke."):
        assert words in shown
    assert "−2.0 years compared with your age" in shown
    assert '"younger"' in shown.replace("history-gap ", "")
    assert shown.count("Demonstration: synthetic data") == 1
    assert '"clocks": "clock:years toy:SD"' in shown


def test_an_age_that_is_no_number_is_not_shown() -> None:
    assert "nonsense" not in row(chronological_age="nonsense")


@pytest.mark.parametrize(
    ("period", "first"),
    [("12", "2025-03-28"), ("24", "2024-03-28"), ("60", "2021-03-28"), ("7", None), (None, None)],
)
def test_a_period_begins_months_ago(period: str | None, first: str | None) -> None:
    assert periods.since(period, date(2026, 3, 31)) == first


def test_periods_are_said_as_people_say_them() -> None:
    assert [periods.label(each) for each in periods.MONTHS] == [
        "Last 12 months",
        "Last 2 years",
        "Last 5 years",
    ]
