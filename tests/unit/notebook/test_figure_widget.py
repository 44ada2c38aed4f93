"""One figure widget shows one figure after the other."""

import threading
from typing import Any

import plotly.graph_objects as go
import pytest
from agelens import charts
from agelens.notebook.figure_widget import InPlaceFigureWidget
from agelens.notebook.result_figure import result_figure
from unit.notebook.service import result_of, trend_of

TWICE = trend_of(
    [
        {"id": f"t{number}", "chronological_age": 52, "result": result_of({"systolic_bp": 150})}
        for number in range(2)
    ]
)["clocks"]
FIRST, SECOND = result_of({"systolic_bp": 150}), result_of({"systolic_bp": 110})
BARE = SECOND | {"interval": None, "interval_reason": "none"}


def shown(figure: go.Figure) -> Any:
    """What is drawn, by kind, without what a widget adds for itself."""
    drawn = [trace for trace in figure.data if trace.visible is not False and trace.x != (None,)]
    traces = [trace.to_plotly_json() for trace in drawn]
    plain = [{k: v for k, v in trace.items() if k != "uid"} for trace in traces]
    ordered = sorted(plain, key=lambda trace: trace["type"])
    unseen = {"xaxis2": {"visible": False}, "yaxis2": {"visible": False}}
    typed = go.Figure(layout=unseen | figure.layout.to_plotly_json())
    for axis in (*typed.select_xaxes(), *typed.select_yaxes()):
        axis.type = axis.type or "linear"
    return go.Figure(ordered).to_plotly_json()["data"], typed.to_plotly_json()["layout"]


@pytest.mark.parametrize(
    "then",
    [
        result_figure(SECOND),
        result_figure(SECOND, before=FIRST, chronological_age=52),
        result_figure(BARE),
        charts.trend([]),
        charts.trend(TWICE),
    ],
    ids=["another result", "a varied one", "one without an interval", "an empty one", "over time"],
)
def test_the_new_figure_is_there_and_nothing_of_the_old_one(then: go.Figure) -> None:
    drawing = InPlaceFigureWidget(result_figure(FIRST, chronological_age=40))
    drawing.draw(then)
    data, layout = shown(drawing)
    wanted, wanted_layout = shown(then)
    assert data == wanted
    assert without_nothing(layout) == without_nothing(wanted_layout)


def without_nothing(tree: Any) -> Any:
    """Empty lists and mappings draw nothing."""
    if not isinstance(tree, dict):
        return tree
    kept = {name: without_nothing(value) for name, value in tree.items()}
    return {name: value for name, value in kept.items() if value not in ({}, [], ())}


def test_results_are_drawn_without_taking_traces_away() -> None:
    drawing = InPlaceFigureWidget(result_figure(FIRST, chronological_age=40))
    before = [trace.uid for trace in drawing.data]
    drawing.draw(result_figure(BARE, before=FIRST))
    assert [trace.uid for trace in drawing.data] == before


def test_a_page_that_is_loaded_again_is_told_what_is_shown_now() -> None:
    drawing = InPlaceFigureWidget(result_figure(FIRST))
    drawing.draw(result_figure(SECOND))
    bars = [trace for trace in drawing.get_state()["_widget_data"] if trace["type"] == "bar"]
    assert list(bars[0]["x"]) == [-1.0]


def test_the_line_has_room_for_what_was_and_what_is() -> None:
    made = result_figure(SECOND, before=FIRST)
    low, high = made.layout.xaxis2.range
    assert low < SECOND["interval"]["low"]
    assert high > FIRST["interval"]["high"]


def test_amounts_are_at_the_end_of_their_rows() -> None:
    assert [a.text for a in result_figure(FIRST).layout.annotations if "3.0" in a.text]


def test_a_drawing_is_not_lost_while_a_page_answers() -> None:
    drawing = InPlaceFigureWidget(result_figure(FIRST))
    sent: list[Any] = []
    drawing.observe(lambda change: sent.append(change["new"]), "_py2js_update")
    answering, drawn = threading.Event(), threading.Event()

    def slowly(value: Any, widget: Any) -> Any:
        answering.set()
        drawn.wait(0.5)
        return value

    drawing._trait_from_json = slowly
    thread = threading.Thread(target=drawing.set_state, args=[{"_last_trace_edit_id": 99}])
    thread.start()
    assert answering.wait(5)
    drawing.draw(result_figure(SECOND))
    drawn.set()
    thread.join(5)
    assert [message is None for message in sent] == [False, True]


def test_a_kind_of_trace_that_it_cannot_show_is_refused() -> None:
    with pytest.raises(ValueError, match="no seat"):
        InPlaceFigureWidget(go.Figure([go.Pie(values=[1])]))
    with pytest.raises(ValueError, match="no seat"):
        InPlaceFigureWidget(go.Figure([go.Scatter()] * 20))
