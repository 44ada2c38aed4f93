"""Train `kaggle-age`: read, cross-validate, fit, export.

data = read(file)                    the people, checked
study = measure(data)                every candidate in nested cross-validation, the clock's intervals
trained = refit_on_everyone(study)   the settings chosen, fitted on everyone, explanations checked
files = export(trained, out)         the bundle

The bundle holds the age posterior unless another candidate is asked for by its name, or by `kaggle_winner.WINNER`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from agelens.clocks.age_posterior_parameters import parameters_to_json
from agelens.clocks.bundles import load_clock
from agelens.clocks.kinds.bayes import AgePosterior
from agelens.clocks.manifests import (
    CARD,
    MANIFEST,
    PARAMETERS,
    REFERENCE,
    finish_manifest,
    json_bytes,
)
from threadpoolctl import threadpool_limits

from model_training import age_posterior, bundle, evaluation, explanation, kaggle_metrics
from model_training.candidates import LIGHTGBM, lightgbm, matrix, settled
from model_training.datasets import validation_file
from model_training.datasets.kaggle import SIGNALS, Dataset, load
from model_training.evaluation import HeldOut
from model_training.folds import Protocol
from model_training.gap_reference import summarise
from model_training.kaggle_card import card, comparison_table
from model_training.kaggle_manifest import document
from model_training.kaggle_plan import (
    CANDIDATES,
    CHOICES,
    FEATURES,
    NAME,
    PLAN,
    PROTOCOL,
    describe,
)
from model_training.kaggle_winner import bundle_of, exported_candidate
from model_training.selection import Choice, Nested, choose, nested_cross_validation

VERSION = "1.1.0"
REFERENCE_NAME = "out-of-fold predictions for the Kaggle training data, same sex, within 5 years"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Study:
    """What cross-validation found, before anything was fitted for good.

    `held_out` has the clock's predictions and intervals for held-out people, by what they were asked.
    """

    data: Dataset
    protocol: Protocol
    nested: Nested
    held_out: Mapping[str, HeldOut]
    metrics: Mapping[str, object]


@dataclass(frozen=True)
class Trained:
    """The clock, fitted on everyone, with all that its bundle says; `exported` is the bundle's candidate."""

    study: Study
    clock: AgePosterior
    choice: Choice
    metrics: Mapping[str, object]
    files: Mapping[str, bytes]
    exported: str = NAME


def train(
    data: Path,
    out: Path,
    say: Say = print,
    version: str = VERSION,
    *,
    validation: Path | None = None,
    protocol: Protocol = PROTOCOL,
    candidate: str = NAME,
) -> dict[str, bytes]:
    """Train on a copy of the Kaggle file and write the bundle directory.

    Raises
    ------
    InvalidInput
        If the file is not a copy of the Kaggle data, people of `validation` are in it, another
        candidate wins than is to be exported, the version cannot be one, or the directory holds
        something else than a bundle.
    NotAdditive
        If the explanations do not agree with those of `shap`.
    """
    bundle.check(out, version)
    people = read(data, say)
    unseen = None if validation is None else read_unseen(validation, people, say)
    trained = refit_on_everyone(measure(people, say, protocol), say, unseen, candidate)
    files = export(trained, out, version, say)
    say("")
    say(comparison_table(trained.metrics))
    return files


def read(file: Path, say: Say = print) -> Dataset:
    """The people to learn from."""
    data = load(file)
    say(f"{len(data):,} people, {len(FEATURES)} features, {len(SIGNALS)} of them informative")
    return data


def read_unseen(file: Path, learned: Dataset, say: Say = print) -> Dataset:
    """People to be predicted only; InvalidInput when any of them was learned from."""
    with validation_file():
        unseen = load(file, apart_from=learned)
    say(f"{len(unseen):,} other people to be predicted at the end")
    return unseen


def measure(data: Dataset, say: Say = print, protocol: Protocol = PROTOCOL) -> Study:
    """Every candidate in nested cross-validation, and the clock's intervals on the same folds."""
    names = ", ".join(candidate.name for candidate in CANDIDATES)
    say(f"Comparing {names}")
    say(f"  {describe(protocol)}")
    with threadpool_limits(limits=1):
        nested = nested_cross_validation(CANDIDATES, data.table, data.age, protocol, say)
        say("Calibrating intervals for whole panels, half of the markers, and a few ...")
        plans = [settled(PLAN, choice.settings[NAME]) for choice in nested.choices]
        scenarios = kaggle_metrics.missingness_scenarios(protocol.seed)
        held_out = evaluation.cross_validate_clock(plans, data, protocol, scenarios)
    metrics = kaggle_metrics.measured(data, protocol, nested, held_out)
    return Study(data, protocol, nested, held_out, metrics)


def refit_on_everyone(
    study: Study,
    say: Say = print,
    unseen: Dataset | None = None,
    candidate: str = NAME,
) -> Trained:
    """Choose the settings and fit on everyone, then check every explanation by a second way.

    Parameters
    ----------
    study : Study
    say : callable
    unseen : Dataset, optional
        People to be predicted once.
    candidate : str
        What `export` writes: the clock's own name, another candidate's, or `kaggle_winner.WINNER`.

    Raises
    ------
    InvalidInput
        If it is no candidate, or the clock's own while another one wins.
    NotAdditive
        If the explanations do not agree with those of `shap`.
    """
    exported = exported_candidate(study.nested, candidate)
    data, protocol = study.data, study.protocol
    with threadpool_limits(limits=1):
        say("Choosing the settings and fitting on everyone ...")
        choice = choose(CANDIDATES, data.table, data.age, protocol.inner_folds, protocol.seed)
        plan = settled(PLAN, choice.settings[NAME])
        parameters = age_posterior.fit(plan, data.table, data.age, protocol.seed)
        metrics = {**study.metrics, "settings": {k: dict(v) for k, v in choice.settings.items()}}
        files = {
            PARAMETERS: json_bytes(parameters_to_json(parameters, CHOICES)),
            REFERENCE: json_bytes(_reference(study)),
        }
        clock = _load_as_served(files, document(data, metrics, VERSION, protocol.seed))
        say("Checking explanations against shap ...")
        checks = [
            explanation.check_posterior(clock, data),
            _check_trees(data, choice),
        ]
        metrics["explanation_checks"] = checks
        if unseen is not None:
            metrics["validation"] = kaggle_metrics.on_unseen(
                parameters, CANDIDATES, choice, data, unseen
            )
    return Trained(study, clock, choice, metrics, files, exported)


def export(
    trained: Trained, out: Path, version: str = VERSION, say: Say = print
) -> dict[str, bytes]:
    """Write the bundle; the same data, seed and library versions always give the same bytes."""
    data, protocol = trained.study.data, trained.study.protocol
    if trained.exported != NAME:
        return _export_other(trained, out, version, say)
    text = card(trained.clock.parameters, trained.metrics, data)
    described = document(data, trained.metrics, version, protocol.seed)
    files = bundle.write(out, described, trained.files, text)
    say(f"Wrote {NAME} {version} to {out}")
    return files


def _export_other(trained: Trained, out: Path, version: str, say: Say) -> dict[str, bytes]:
    study, name = trained.study, trained.exported
    settings = trained.choice.settings[name]
    with threadpool_limits(limits=1):
        other_bundle = bundle_of(
            name, settings, study.data, version, trained.metrics, study.protocol.seed
        )
    other_bundle.write(out)
    say(f"Wrote {NAME} {version}, which is {name}, to {out}")
    return dict(other_bundle.files)


def _reference(study: Study) -> dict[str, object]:
    data = study.data
    sex = data.table.column("sex")
    sexes = {choice: sex == code for code, choice in enumerate(CHOICES["sex"])}
    all_markers = study.held_out[kaggle_metrics.ALL]
    return summarise(REFERENCE_NAME, all_markers.prediction, data.age, sexes)


def _check_trees(data: Dataset, choice: Choice) -> dict[str, object]:
    columns = matrix(data.table, FEATURES)
    model = lightgbm(choice.settings[LIGHTGBM], FEATURES).fit(columns, data.age)
    return explanation.check_trees(model[-1], model[:-1].transform(columns))


def _load_as_served(files: Mapping[str, bytes], described: Mapping[str, object]) -> AgePosterior:
    """The clock as anybody will load it."""
    content = {**files, CARD: b""}
    loaded = load_clock({**content, MANIFEST: finish_manifest(described, content)})
    return cast(AgePosterior, loaded)
