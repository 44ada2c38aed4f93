"""What the service guesses of a frame's columns, as the argument that would say so."""

import json
import re

from agelens.client.drafts import AGE

OTHER_COLUMNS = re.compile(r"looks like one with (\S+) columns")
NO_AGE = re.compile(
    r'there is no column .*, which this clock needs(; did you mean it by "(.*)"\?)?'
)


def as_arguments(hints: tuple[str, ...]) -> dict[str, str]:
    """What to change, by argument; a hint of another kind is told as it is.

    That there is no age says nothing that the clock's missing features do not say.
    """
    arguments: dict[str, str] = {}
    for hint in hints:
        if match := OTHER_COLUMNS.search(hint):
            name = match[1]
            arguments["columns"] = (
                f'the frame looks like one with {name} columns; say columns="{name}"'
            )
        elif match := NO_AGE.fullmatch(hint):
            if name := match[2]:
                mapping = json.dumps({name: AGE}, ensure_ascii=False)
                arguments["mapping"] = f'did you mean the age by "{name}"? Say mapping={mapping}'
        else:
            arguments["frame"] = hint
    return arguments
