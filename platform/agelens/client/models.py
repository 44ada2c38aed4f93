"""Clocks that can be used now."""

from collections.abc import Iterator
from urllib.parse import quote

from agelens.client.cards import LiveHtmlCard
from agelens.client.connection import Resource
from agelens.client.decoding import decode
from agelens.client.errors import NotFound
from agelens.client.model_shapes import Example, Model, ReferenceCurve


class Models(Resource, LiveHtmlCard):
    """The active clocks, the default first: `client.models`."""

    def __iter__(self) -> Iterator[Model]:
        for payload in self._connection.pages("/api/ml-models"):
            yield decode(Model, payload)

    def __getitem__(self, name: str) -> Model:
        """The active version of a clock, or the one that `name@version` names; else NotFound."""
        try:
            return decode(Model, self._connection.get(_path(name)))
        except NotFound as error:
            error.add_note(f"There are: {', '.join(model.name for model in self)}")
            raise

    def example(self, name: str) -> Example:
        """A made-up person, really scored by a clock; its name is that of `client.models[name]`."""
        return decode(Example, self._connection.get(f"{_path(name)}/example"))

    def reference_curve(self, name: str, sex: str | None = None) -> ReferenceCurve:
        """Percentiles by age among the people that a clock ranks with; of both sexes without one."""
        path = f"{_path(name)}/reference-curve"
        return decode(ReferenceCurve, self._connection.get(path, {"sex": sex}))

    @property
    def default(self) -> Model:
        """The clock that answers when none is named."""
        return self["default"]


def _path(name: str) -> str:
    return f"/api/ml-models/{quote(name, safe='')}"
