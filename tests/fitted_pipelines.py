"""Made-up people, and pipelines of scikit-learn fitted on them."""

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from agelens import bundle
from agelens.clocks.estimators.saved_pipeline import PIPELINE_FILE
from agelens.clocks.manifests import MANIFEST, finish_manifest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    SplineTransformer,
    StandardScaler,
)

NUMBERS, CHOICES = ["sbp", "alb", "bmi"], ["sex", "smoking_status"]
# The laboratory's names, units and codes.
READING = {
    "columns": {"sbp": "systolic_bp", "alb": "albumin"},
    "units": {"albumin": "g/dL"},
    "values": {"sex": {"male": 1, "female": 2}},
}
STATED = ("sha256", "files", "format")


@cache
def made_up_people(n: int = 900, seed: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    """People and their ages; albumin is missing for a tenth."""
    random = np.random.default_rng(seed)
    age = random.uniform(20, 80, n)
    people = pd.DataFrame(
        {
            "sbp": 100 + 0.5 * age + random.normal(0, 9, n),
            "alb": 4.8 - 0.01 * age + random.normal(0, 0.25, n),
            "bmi": random.normal(26, 4, n).clip(16, 45),
            "sex": random.choice([1, 2], n),
            "smoking_status": random.choice(["never", "former", "current"], n),
        }
    )
    people.loc[random.random(n) < 0.1, "alb"] = np.nan
    return people, age


def prepared(*steps: Any) -> Any:
    """Numbers imputed and passed through these steps, choices one-hot."""
    numbers = make_pipeline(SimpleImputer(), *steps)
    return make_column_transformer((numbers, NUMBERS), (OneHotEncoder(), CHOICES))


def histogram_boosting() -> Any:
    """Gradient boosting that takes missing values as they are."""
    encoded = make_column_transformer((OrdinalEncoder(), CHOICES), remainder="passthrough")
    return make_pipeline(encoded, HistGradientBoostingRegressor(max_iter=40, random_state=0))


PIPELINES: Mapping[str, Callable[[], Any]] = {
    "ridge": lambda: make_pipeline(prepared(StandardScaler()), Ridge()),
    "spline": lambda: make_pipeline(
        prepared(SplineTransformer(extrapolation="linear")), Ridge(alpha=0.1)
    ),
    "interactions": lambda: make_pipeline(
        prepared(PolynomialFeatures(2), StandardScaler()), Ridge()
    ),
    "network": lambda: make_pipeline(
        prepared(StandardScaler()),
        MLPRegressor(hidden_layer_sizes=(4,), max_iter=30, random_state=0),
    ),
    "forest": lambda: make_pipeline(
        prepared(), RandomForestRegressor(15, min_samples_leaf=5, n_jobs=2, random_state=0)
    ),
    "boosting": lambda: make_pipeline(
        prepared(), GradientBoostingRegressor(n_estimators=30, random_state=0)
    ),
    "histogram": histogram_boosting,
}
METHODS = {
    "ridge": "additive",
    "spline": "additive",
    "interactions": "exact",
    "network": "exact",
    "forest": "tree",
    "boosting": "tree",
    "histogram": "tree",
}


@cache
def fitted(kind: str) -> Any:
    """One of the pipelines, fitted on the first 600 of the made-up people."""
    people, age = made_up_people()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a network of 30 rounds has not converged
        return PIPELINES[kind]().fit(people[:600], age[:600])


@cache
def made(kind: str, **changes: Any) -> bundle.Bundle:
    """The bundle of a pipeline, calibrated on the other 300 people."""
    people, age = made_up_people()
    return bundle.from_estimator(
        fitted(kind),
        people[:600],
        age[:600],
        **{
            "name": f"own-{kind}",
            "title": "Age of our laboratory",
            "X_calibration": people[600:],
            "y_calibration": age[600:],
            **READING,
            **changes,
        },
    )


def canonical_frame(people: pd.DataFrame) -> pd.DataFrame:
    """The people as AgeLens reads them: registry keys, canonical units, words."""
    frame = people.rename(columns=READING["columns"])
    frame["albumin"] = frame["albumin"] * 10
    frame["sex"] = frame["sex"].map({1: "male", 2: "female"})
    return frame


def forged(
    files: Mapping[str, bytes],
    contents: Mapping[str, bytes] | None = None,
    **manifest: Any,
) -> dict[str, bytes]:
    """The bundle with other files and manifest entries, held together by hashes that fit."""
    changed = {**files, **(contents or {})}
    stated = json.loads(changed.pop(MANIFEST))
    document = {key: stated[key] for key in stated if key not in STATED} | manifest
    return {**changed, MANIFEST: finish_manifest(document, changed)}


def resaved(files: Mapping[str, bytes], change: Callable[[Any], None]) -> bytes:
    """The saved pipeline with a changed schema."""
    with zipfile.ZipFile(io.BytesIO(files[PIPELINE_FILE])) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(contents["schema.json"])
    change(schema)
    contents["schema.json"] = json.dumps(schema).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()
