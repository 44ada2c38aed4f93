"""What stands above the figure of a result."""

import ipywidgets as widgets
import pytest
from agelens.notebook.result_view import ResultView
from unit.charts.made_up import gap, result, row


@pytest.mark.parametrize(
    "derived", [{}, {"risk_10y": 0.061, "risk_10y_low": 0.05, "risk_10y_high": 0.08}]
)
def test_the_risk_is_told_in_people_where_the_clock_gives_one(derived: dict[str, float]) -> None:
    view, tab = ResultView(), widgets.VBox()
    view.show_result(result(row("glucose", 2.0), derived=derived), by=tab)
    told = "About 6 of 100 people like this die within ten years (95 % interval 5 to 8)."
    assert (told in view.text.value) == bool(derived)


def test_the_range_that_missing_markers_leave_the_rank_is_told() -> None:
    view, tab = ResultView(), widgets.VBox()
    ranked = gap(2.0, 1.0, 55.0) | {"percentile_range": [40.0, 70.0]}
    view.show_result(result(row("glucose", 2.0), age_gap=ranked), by=tab)
    assert "between the 40th and the 70th of 100" in view.text.value
