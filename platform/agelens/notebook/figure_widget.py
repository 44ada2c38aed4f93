"""A FigureWidget that is updated in place, one per page."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from threading import RLock
from typing import Any

import plotly.graph_objects as go
from plotly.serializers import custom_serializers

from agelens import charts

KEPT = {"uid", "type"}
SEATS = {"bar": 2, "scatter": 14}
# A page forgets axes that nothing is on, and cannot be told about them then.
SECOND_AXES = {"xaxis2": {"visible": False}, "yaxis2": {"visible": False}}
ANCHOR = {
    "type": "scatter", "x": [None], "y": [None], "xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip",
    "showlegend": False,
}  # fmt: skip
to_json = custom_serializers["to_json"]


class Drawing(go.FigureWidget):
    """A figure widget whose script, 5 MB, the page loads once.

    Its traces are always the same ones, some of them empty: a page that takes traces away and adds
    others trips over the next change when that comes before it is done.
    """

    data: Any
    _config: Any
    _layout: Any

    def __init__(self, figure: go.Figure) -> None:
        self._one_at_a_time = RLock()
        super().__init__(_seated(figure))
        self._config = {**self._config, **charts.CONFIG}

    def draw(self, figure: go.Figure) -> None:
        """Show another figure, of bars and scatters."""
        seated = _seated(figure)
        with self._one_at_a_time:
            if self.layout.height != seated.layout.height:
                self._stretch(seated.layout.height)
            with self.batch_update():
                for mine, new in zip(self.data, seated.data, strict=True):
                    _become(mine, new)
                _become(self.layout, seated.layout)

    def set_state(self, sync_data: Any) -> None:
        """What a page answers; ipywidgets holds messages back meanwhile, and would lose a drawing."""
        with self._one_at_a_time:
            super().set_state(sync_data)

    def _stretch(self, height: int | None) -> None:
        """Plotly would fix the width along with the height; null leaves it to the page."""
        self._layout["height"] = height
        self._send_relayout_msg({"height": height, "width": None})

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """What a page that is loaded again is told: the figure as it is now, not as it began."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if key is None and "_data" in vars(self):  # not yet while it is being made
            state["_widget_data"] = to_json(deepcopy(self._data), self)
            state["_widget_layout"] = to_json(deepcopy(self._layout), self)
        return state


def _seated(figure: go.Figure) -> go.Figure:
    """The figure with each trace in a seat of its kind.

    Axes say of what kind they are: a page goes on with what it guessed of another figure.
    """
    seats = []
    for kind, count in SEATS.items():
        traces = [trace.to_plotly_json() for trace in figure.data if trace.type == kind]
        empty = {"type": kind, "visible": False}
        seats += [*traces, *[empty] * (count - len(traces))]
    if len(seats) != sum(SEATS.values()) or {t.type for t in figure.data} - SEATS.keys():
        raise ValueError("this figure has traces for which a drawing has no seat")
    made = go.Figure([*seats, ANCHOR], SECOND_AXES | figure.layout.to_plotly_json())
    for axis in (*made.select_xaxes(), *made.select_yaxes()):
        axis.type = axis.type or "linear"
    return made


def _become(mine: Any, new: Any) -> None:
    """Set the properties that differ; those that the new one lacks are taken away."""
    before, after = dict(_leaves(mine.to_plotly_json())), dict(_leaves(new.to_plotly_json()))
    for path in before.keys() | after.keys():
        if before.get(path) != after.get(path):
            head = path.partition(".")[0]
            if head not in mine:
                mine[head] = {}
            mine[path] = after.get(path)


def _leaves(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Paths such as "xaxis.range" with what stands there; lists are not taken apart."""
    for name, value in tree.items():
        if not above and name in KEPT:
            continue
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", list(value) if isinstance(value, tuple) else value
