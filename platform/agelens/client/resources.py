"""What the parts of a client have in common."""

from agelens.client.connection import Connection


class Resource:
    """A part of a service, an attribute of its client."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._connection.base_url}>"
