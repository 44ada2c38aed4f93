"""The texts that scripts have translated: `agelens.text("…")` and `agelens.ntext("…", "…", n)`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
STRING = r'("(?:[^"\\\n]|\\.)*")'
# also without its namespace, in a script that has a short name for it
CALL = re.compile(
    rf"(?:(?<![\w$.])|(?<=\bagelens\.))(?:text\(\s*{STRING}|ntext\(\s*{STRING}\s*,\s*{STRING})"
)

Message = str | tuple[str, str]  # a text, or one and many of it


def of_script(source: str) -> Iterator[Message]:
    """In order, as often as they are there."""
    for found in CALL.finditer(source):
        text, one, many = (json.loads(each) if each else "" for each in found.groups())
        yield text or (one, many)


def of_scripts() -> Iterator[tuple[str, Message]]:
    """Of all our scripts, with the file of each."""
    for path in sorted(ASSETS.glob("*.js")):
        for message in of_script(path.read_text(encoding="utf-8")):
            yield path.name, message
