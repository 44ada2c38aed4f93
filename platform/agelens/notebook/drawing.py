"""The one figure widget of a page: it shows one figure after the other, changed in place."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import plotly.graph_objects as go
from plotly.serializers import custom_serializers

from agelens import charts

KEPT = {"uid", "type"}
to_json = custom_serializers["to_json"]


class Drawing(go.FigureWidget):
    """A figure widget whose script, 5 MB, the page loads once."""

    data: Any
    _config: Any

    def __init__(self, figure: go.Figure) -> None:
        super().__init__(figure)
        self._config = {**self._config, **charts.CONFIG}

    def draw(self, figure: go.Figure) -> None:
        """Show another figure; one message when its traces are of the same kinds."""
        if [trace.type for trace in self.data] != [trace.type for trace in figure.data]:
            self.data = ()
            self.add_traces(figure.data)
        with self.batch_update():
            for mine, new in zip(self.data, figure.data, strict=True):
                _become(mine, new)
            _become(self.layout, figure.layout)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """What a page that is loaded again is told: the figure as it is now, not as it began."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if key is None and "_data" in vars(self):  # not yet while it is being made
            state["_widget_data"] = to_json(deepcopy(self._data), self)
            state["_widget_layout"] = to_json(deepcopy(self._layout), self)
        return state


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
