"""Clocks that can be used now."""

from collections.abc import Iterator
from urllib.parse import quote

from agelens.client.connection import Connection
from agelens.client.model_shapes import Model, model_from_wire


class Models:
    """The active clocks, the default first: `client.models`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __iter__(self) -> Iterator[Model]:
        for wire in self._connection.pages("/api/ml-models"):
            yield model_from_wire(wire)

    def __getitem__(self, name: str) -> Model:
        """The active version of a clock; NotFound when there is none of that name."""
        wire = self._connection.get(f"/api/ml-models/{quote(name, safe='')}")
        return model_from_wire(wire)

    @property
    def default(self) -> Model:
        """The clock that answers when none is named."""
        return self["default"]
