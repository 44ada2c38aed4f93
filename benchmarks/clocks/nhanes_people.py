"""`mortality-age` and trees, both fitted on the same people made up in the shape of NHANES III."""

from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from agelens.clocks.absolute_risk import TenYearRisk
from agelens.clocks.kinds.additive_mortality import score_table

from benchmarks.clocks.contest import Contest, matrix
from benchmarks.clocks.trees import learn

NAME = "mortality-age"
PEOPLE, LEARNED_FROM, SEED = 12_000, 8000, 0
TREES: dict[str, Any] = {"n_estimators": 1000, "learning_rate": 0.02, "objective": "poisson"}
ROUNDS = 200  # of boosting
# what the risk is, is not looked at, nor how wide the interval; only how long they take
RISK = TenYearRisk(at_50=-2.6, per_decade=0.8, sd=0.02)
MONTHS = 12


@cache
def nhanes_contest() -> Contest:
    """Fit both; ModuleNotFoundError without agelens[train]."""
    from model_training.datasets.generated import generate_nhanes
    from model_training.mortality.fit import fit
    from model_training.mortality.plan import Plan
    from model_training.mortality.training_people import load_training
    from model_training.survival.concordance import Concordance

    plan = Plan()
    with TemporaryDirectory() as folder:
        file = generate_nhanes(Path(folder) / "people.parquet", PEOPLE, SEED)
        people = load_training(file, plan)
    training, others = (
        people.rows(part) for part in np.split(np.arange(len(people)), [LEARNED_FROM])
    )
    parameters = replace(fit(plan, training, ROUNDS).parameters, risk=RISK)
    score = partial(score_table, parameters)
    columns = (*plan.markers, "sex", "")
    years = training.follow_up.time_months / MONTHS
    deaths = training.follow_up.died / years
    trees = learn(matrix(training.table, columns), deaths, years, **TREES)
    scores = score(others.table)
    scored = np.flatnonzero(np.isfinite(scores.prediction))
    others = others.rows(scored)
    time, died = others.follow_up.time_months, others.follow_up.died
    predictions = scores.prediction[scored], trees.model.predict(matrix(others.table, columns))
    ours, theirs = (Concordance(time, died, risk).value() for risk in predictions)
    accuracy = f"Harrell's C {ours:.3f} and {theirs:.3f}"
    return Contest(NAME, score, trees, columns, others.table, accuracy)
