"""Members of a JSON upload beside its rows, collected while the rows are streamed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from agelens.domain.duplicate_json_keys import MESSAGE
from agelens.domain.errors import InvalidInput

if TYPE_CHECKING:
    from agelens.tables.formats.json_events import Event

MOST_EVENTS = 10_000  # of one member: a mapping of every column is far less
DEEPER = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}


class JsonFile:
    """A file whose reader keeps what stands beside the rows, if it turns out to be JSON.

    Members may stand behind the rows, so `members` is complete once the last row was read.
    """

    def __init__(self, content: BinaryIO, members: dict[str, Any] | None = None) -> None:
        self.content = content
        self.members: dict[str, Any] = {} if members is None else members
        self.read, self.seek, self.tell = content.read, content.seek, content.tell
        self.close = content.close

    def __enter__(self) -> "JsonFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keep(self, name: str, events: "Iterator[Event]") -> None:
        """Build a member from its events; InvalidInput when it is there twice or too long."""
        if name in self.members:
            raise InvalidInput.at(name, "is there more than once")
        self.members[name] = _built(name, events)


def pass_by(events: "Iterator[Event]") -> None:
    """Read one value, and keep nothing of it."""
    depth = 0
    for kind, _ in events:
        depth += DEEPER.get(kind, 0)
        if depth == 0:
            return


def _built(name: str, events: "Iterator[Event]") -> Any:
    from ijson.common import ObjectBuilder  # every file is asked whether it is a `JsonFile`

    from agelens.tables.formats.json_events import as_float

    builder, depth = ObjectBuilder(), 0
    keys: list[set[str]] = []  # of the objects that are open
    for number, (kind, value) in enumerate(events):
        if number > MOST_EVENTS:
            raise InvalidInput.at(name, "is too long")
        if kind == "start_map":
            keys.append(set())
        elif kind == "end_map":
            keys.pop()
        elif kind == "map_key":
            if value in keys[-1]:
                raise InvalidInput.at(value, f"{MESSAGE} in {name}")
            keys[-1].add(value)
        builder.event(kind, as_float(value) if isinstance(value, Decimal) else value)
        depth += DEEPER.get(kind, 0)
        if depth == 0:
            break
    return builder.value
