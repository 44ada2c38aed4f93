"""The kinds of clocks. Each module here has a `KIND`, the word of the manifest, and `build`.

A new kind is a new module: it is found, not listed.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from agelens.clocks.base import Clock, Manifest

Build = Callable[[Manifest, Mapping[str, bytes]], Clock]


@cache
def kinds() -> Mapping[str, Build]:
    """The `build` function of each kind of clock."""
    names = sorted(module.name for module in iter_modules(__path__, f"{__name__}."))
    modules = [import_module(name) for name in names]
    return {module.KIND: module.build for module in modules}
