"""Which clocks can be trained here, and by which module.

Each module has a VERSION and `train(data, out, say, version, *, validation=None)`.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from agelens.clocks.bundles import SHORT_NAMES

TRAININGS = {
    "kaggle-age": "model_training.kaggle_age",
    "phenoage": "model_training.phenoage",
    "kdm": "model_training.klemera_doubal",
    "dysregulation": "model_training.dysregulation",
    "mortality-age": "model_training.mortality",
}


class Training(Protocol):
    """How one clock is trained."""

    VERSION: str

    def train(
        self,
        data: Path,
        out: Path,
        say: Callable[[str], None] = ...,
        version: str = ...,
        *,
        validation: Path | None = None,
    ) -> dict[str, bytes]:
        """Train on a file, say how it goes and what came out, write the bundle."""
        ...


def training_of(name: str) -> Training:
    """The training of a clock, imported only now; KeyError when there is none."""
    return cast(Training, import_module(TRAININGS[full_name(name)]))


def full_name(name: str) -> str:
    """The clock's name, where a short one was given."""
    return SHORT_NAMES.get(name, name)
