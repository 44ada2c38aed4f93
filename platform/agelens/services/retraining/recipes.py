"""Which clocks can be retrained: notebook and data files of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from agelens.domain.errors import InvalidInput


@dataclass(frozen=True)
class Recipe:
    """A clock's notebook and the names of its files in AGELENS_TRAINING_DATA."""

    notebook: str
    data: str
    validation: str | None = None


RECIPES: Mapping[str, Recipe] = {
    "kaggle-age": Recipe("train_kaggle.ipynb", "kaggle_train.csv"),
    "mortality-age": Recipe(
        "train_mortality_clock.ipynb", "nhanes3.parquet", validation="nhanes4_dev.parquet"
    ),
}


def recipe(model: str) -> Recipe:
    """A clock's recipe; InvalidInput beside `model` when it has none."""
    if model not in RECIPES:
        known = ", ".join(RECIPES)
        raise InvalidInput.at(
            "model", f'there is no notebook that trains "{model}"; known: {known}'
        )
    return RECIPES[model]
