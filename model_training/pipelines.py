"""Which clocks can be trained: what `model_training.recipes` holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol

from agelens.clocks.bundles import SHORT_NAMES

from model_training import recipes
from model_training.recipe_training import train_published

# By the clock's name, the module; none is imported before it is needed.
TRAININGS: Mapping[str, str] = {
    module.name.replace("_", "-"): f"{recipes.__name__}.{module.name}"
    for module in iter_modules(recipes.__path__)
}


class Train(Protocol):
    """Train on a file, say how it goes and what came out, write the bundle."""

    def __call__(
        self,
        data: Path,
        out: Path,
        say: Callable[[str], None] = ...,
        version: str = ...,
        *,
        validation: Path | None = None,
    ) -> dict[str, bytes]:
        """The files of the bundle, by name."""
        ...


@dataclass(frozen=True)
class Training:
    """How one clock is trained."""

    VERSION: str
    train: Train


def training_of(name: str) -> Training:
    """The training of a clock, imported only now; KeyError when there is none."""
    module = import_module(TRAININGS[full_name(name)])
    if not hasattr(module, "RECIPE"):
        return Training(module.VERSION, module.train)
    return Training(module.RECIPE.version, partial(train_published, module.RECIPE))


def full_name(name: str) -> str:
    """The clock's name, where a short one was given."""
    return SHORT_NAMES.get(name, name)
