"""A FigureWidget that is updated in place, one per page."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from threading import RLock
from typing import Any

import plotly.graph_objects as go
from plotly.serializers import custom_serializers

from agelens import charts

UNCHANGED_PROPERTIES = {"uid", "type"}
TRACE_SLOTS = {"bar": 2, "scatter": 14}
# A page forgets axes that nothing is on, and cannot be told about them then.
SECOND_AXES = {"xaxis2": {"visible": False}, "yaxis2": {"visible": False}}
ANCHOR = {
    "type": "scatter", "x": [None], "y": [None], "xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip",
    "showlegend": False,
}  # fmt: skip
to_json = custom_serializers["to_json"]


class InPlaceFigureWidget(go.FigureWidget):
    """A figure widget whose script, 5 MB, the page loads once.

    Its traces are always the same ones, some of them empty: a page that takes traces away and adds
    others trips over the next change when that comes before it is done.
    """

    data: Any
    _config: Any
    _layout: Any

    def __init__(self, figure: go.Figure) -> None:
        self._one_at_a_time = RLock()
        super().__init__(_with_fixed_traces(figure))
        self._config = {**self._config, **charts.CONFIG}

    def draw(self, figure: go.Figure) -> None:
        """Show another figure, of bars and scatters."""
        new_figure = _with_fixed_traces(figure)
        with self._one_at_a_time:
            if self.layout.height != new_figure.layout.height:
                self._stretch(new_figure.layout.height)
            with self.batch_update():
                for old, new in zip(self.data, new_figure.data, strict=True):
                    _update_properties(old, new)
                _update_properties(self.layout, new_figure.layout)

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


def _with_fixed_traces(figure: go.Figure) -> go.Figure:
    """The figure with each trace in a seat of its kind.

    Axes say of what kind they are: a page goes on with what it guessed of another figure.
    """
    slots = []
    for kind, count in TRACE_SLOTS.items():
        traces = [trace.to_plotly_json() for trace in figure.data if trace.type == kind]
        empty = {"type": kind, "visible": False}
        slots += [*traces, *[empty] * (count - len(traces))]
    if (
        len(slots) != sum(TRACE_SLOTS.values())
        or {t.type for t in figure.data} - TRACE_SLOTS.keys()
    ):
        raise ValueError("this figure has traces for which a drawing has no seat")
    fig = go.Figure([*slots, ANCHOR], SECOND_AXES | figure.layout.to_plotly_json())
    for axis in (*fig.select_xaxes(), *fig.select_yaxes()):
        axis.type = axis.type or "linear"
    return fig


def _update_properties(target: Any, source: Any) -> None:
    """Set the properties that differ; those that the new one lacks are taken away."""
    before, after = dict(_leaves(target.to_plotly_json())), dict(_leaves(source.to_plotly_json()))
    for path in before.keys() | after.keys():
        if before.get(path) != after.get(path):
            head = path.partition(".")[0]
            if head not in target:
                target[head] = {}
            target[path] = after.get(path)


def _leaves(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Paths such as "xaxis.range" with what stands there; lists are not taken apart."""
    for name, value in tree.items():
        if not above and name in UNCHANGED_PROPERTIES:
            continue
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", list(value) if isinstance(value, tuple) else value
