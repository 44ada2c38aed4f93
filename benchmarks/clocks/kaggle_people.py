"""`kaggle-age` and trees, both fitted on the same people made up in the shape of the Kaggle file."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from agelens.clocks.bundles import SHIPPED, load_clock, read_bundle
from agelens.clocks.kinds.bayes import AgePosterior

from benchmarks.clocks.contest import Contest, matrix, rows_of
from benchmarks.clocks.trees import learn

NAME = "kaggle-age"
LEARNED_FROM, OTHERS, SEED = 2400, 2000, 0
TREES: dict[str, Any] = {"n_estimators": 400, "learning_rate": 0.04}


@cache
def kaggle_contest() -> Contest:
    """Fit both; ModuleNotFoundError without agelens[train]."""
    from model_training import age_posterior
    from model_training.datasets import generated, kaggle
    from model_training.kaggle_plan import PLAN

    directory = next(each for each in SHIPPED if each.parent.name == NAME)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        people = kaggle.load(generated.generate_kaggle(file, LEARNED_FROM + OTHERS, SEED))
    training_rows, test_rows = np.split(np.arange(len(people)), [LEARNED_FROM])
    training, others = rows_of(people.table, training_rows), rows_of(people.table, test_rows)
    parameters = age_posterior.fit(PLAN, training, people.age[training_rows], SEED)
    clock = AgePosterior(load_clock(read_bundle(directory)).manifest, parameters)
    trees = learn(matrix(training, kaggle.SIGNALS), people.age[training_rows], **TREES)
    predictions = (
        clock.score(others).prediction,
        trees.model.predict(matrix(others, kaggle.SIGNALS)),
    )
    ours, theirs = (np.abs(each - people.age[test_rows]).mean() for each in predictions)
    accuracy = f"mean absolute error {ours:.2f} and {theirs:.2f} years"
    return Contest(NAME, clock.score, trees, kaggle.SIGNALS, others, accuracy)
