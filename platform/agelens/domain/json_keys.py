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
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        n_repeated += 1
        made, keys = _Object(found), Counter(key for key, _ in pairs)
        made.repeated = next(key for key, times in keys.items() if times > 1)
        return made

    try:
        # numbers stay text: one of thousands of digits would cost seconds
        value = json.loads(text, object_pairs_hook=members, parse_int=str, parse_float=str)
    except RecursionError:
        return None
    return _path_to_repeated(value) if n_repeated else None


def _path_to_repeated(value: object) -> tuple[str, ...] | None:
    """Without recursion, from the outside to the inside."""
    rest: list[tuple[tuple[str, ...], object]] = [((), value)]
    while rest:
        path, value = rest.pop()
        if isinstance(value, _Object):
            return (*path, value.repeated)
        if isinstance(value, dict):
            rest += [((*path, key), each) for key, each in value.items()]
        elif isinstance(value, list):
            rest += [((*path, str(place)), each) for place, each in enumerate(value)]
    return None
