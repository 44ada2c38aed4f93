"""Keys that an object of JSON has twice: parsers keep one of the values and say nothing."""

import json
from collections import Counter

MESSAGE = "is there more than once"


class _Object(dict[str, object]):
    """An object that had a key more than once."""

    repeated = ""


def repeated_key(text: bytes | str) -> tuple[str, ...] | None:
    """The path to a key that one of the objects has more than once; None if there is none.

    Parameters
    ----------
    text : bytes or str
        Valid JSON. If it is nested deeper than Python calls, the answer is None: nothing that reads
        JSON here takes what is nested by hundreds.
    """
    n_repeated = 0

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal n_repeated
        members_by_key = dict(pairs)
        if len(members_by_key) == len(pairs):
            return members_by_key
        n_repeated += 1
        repeating, counts = _Object(members_by_key), Counter(key for key, _ in pairs)
        repeating.repeated = next(key for key, n in counts.items() if n > 1)
        return repeating

    try:
        # numbers stay text: one of thousands of digits would cost seconds
        value = json.loads(text, object_pairs_hook=members, parse_int=str, parse_float=str)
    except RecursionError:
        return None
    return _path_to_repeated(value) if n_repeated else None


def _path_to_repeated(value: object) -> tuple[str, ...] | None:
    """Without recursion, from the outside to the inside."""
    pending: list[tuple[tuple[str, ...], object]] = [((), value)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, _Object):
            return (*path, value.repeated)
        if isinstance(value, dict):
            pending += [((*path, key), member) for key, member in value.items()]
        elif isinstance(value, list):
            pending += [((*path, str(index)), member) for index, member in enumerate(value)]
    return None
