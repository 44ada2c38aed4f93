"""Pre-specified plan of `kaggle-age`: features, grid and protocol."""

from agelens.domain.features import Feature

from model_training.age_posterior import Plan
from model_training.candidates import Candidate, candidates
from model_training.datasets.kaggle import AGES, SIGNALS, kaggle_features
from model_training.folds import Protocol

NAME = "kaggle-age"
FEATURES: list[Feature] = kaggle_features()
CHOICES = {f.key: f.choices for f in FEATURES if f.kind == "choice"}
PLAN = Plan(
    ages=AGES,
    linear=tuple(key for key in SIGNALS if key not in CHOICES),
    floors={"vision_sharpness": 0.2},  # the data set records nothing below
    choices={key: len(CHOICES[key]) for key in SIGNALS if key in CHOICES},
)
PROTOCOL = Protocol()
CANDIDATES: tuple[Candidate, ...] = candidates(NAME, PLAN, FEATURES)
DROPPED_SHARE = 0.5
FEW_MARKERS = (1, 2, 3)


def describe(protocol: Protocol) -> str:
    """The protocol in a line; figures of different lines are not comparable."""
    return (
        f"nested cross-validation on the training file, {protocol.repeats} x {protocol.folds} outer "
        f"and {protocol.inner_folds} inner folds, seed {protocol.seed}; interval calibrated inside "
        "each training part"
    )
