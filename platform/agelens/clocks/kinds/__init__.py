"""The kinds of clocks. Each module here has a `KIND`, the word of the manifest, and `build`.

A new kind is a new module: it is found, not listed.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from agelens.clocks.base import Clock, Manifest

Build = Callable[[Manifest, Mapping[str, bytes]], Clock]


_KIND = re.compile(r'^KIND = "(.+)"$', re.MULTILINE)


def build_of(kind: str) -> Build:
    """The `build` function of a kind of clock; KeyError for one that nobody knows."""
    build: Build = import_module(f"{__name__}.{_modules()[kind]}").build
    return build


@cache
def _modules() -> Mapping[str, str]:
    """The module of each kind, found in its text: whoever opens one clock imports no other kind."""
    sources = Path(__file__).parent.glob("*.py")
    matches = ((_KIND.search(path.read_text(encoding="utf-8")), path.stem) for path in sources)
    return {kind[1]: name for kind, name in matches if kind}
