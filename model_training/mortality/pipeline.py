"""Train `mortality-age`: choose the rounds on people held out, fit, measure, write the bundle."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from agelens.clocks.additive_parameters import parameters_from_json
from agelens.domain.errors import InvalidInput
from threadpoolctl import threadpool_limits

from model_training import bundle
from model_training.mortality.bootstrap_variance import with_variance
from model_training.mortality.card import card
from model_training.mortality.clock_comparison import ClockComparison, measure
from model_training.mortality.export import document, files
from model_training.mortality.fit import FittedClock, TrainingDesign, assemble, fit_hazard
from model_training.mortality.missingness import Missingness, measure_missing
from model_training.mortality.out_of_fold import candidate_name, cross_validate
from model_training.mortality.parameters_file import parameters_to_json
from model_training.mortality.plan import Plan
from model_training.mortality.subgroups import Subgroup, subgroups
from model_training.mortality.training import Training
from model_training.mortality.training_people import (
    People,
    load_later,
    load_training,
    pooled,
)
from model_training.survival.comparison import Bootstrap
from model_training.survival.table import comparison_table

NAME = "mortality-age"
VERSION, VERSION_OF_III = (
    "2.0.0",
    "1.1.0",
)  # of the models that all surveys, or NHANES III alone, taught
Say = Callable[[str], None]


def train(
    data: Path,
    out: Path,
    say: Say = print,
    version: str = VERSION,
    *,
    validation: Path | None = None,
) -> dict[str, bytes]:
    """Train and write the bundle directory.

    Later surveys teach, too, where `validation` has them: each is then measured by a model of the
    others. For a version 1.x they only test, and without them it is NHANES III that teaches and is
    measured out of fold; the version is 1.1.0 then, unless another one was asked for.

    Raises
    ------
    InvalidInput
        If a file is no study population or holds too few people, the version cannot be one, or the directory
        holds anything but a bundle.
    """
    if validation is None and version == VERSION:
        say(f"Without later surveys it is the model of {VERSION_OF_III}")
        version = VERSION_OF_III
    bundle.check(out, version)
    try:
        later_teach = not version.startswith("1.")
        training = learn(data, say, validation=validation, later_teach=later_teach)
    except ValueError as error:  # too few people somewhere, or a model that does not converge
        raise InvalidInput.at("data", str(error)) from error
    return write(training, out, say, version)


def learn(
    data: Path | str,
    say: Say = print,
    *,
    validation: Path | str | None = None,
    later_teach: bool = True,
    plan: Plan | None = None,
) -> Training:
    """Choose, fit and measure by docs/protocols/mortality-age-1.1.md and mortality-age-2.0.md.

    Parameters
    ----------
    data : path
        NHANES III.
    say : callable
        Hears how it goes.
    validation : path, optional
        Later surveys.
    later_teach : bool
        Whether these teach, too, or only test.
    plan : Plan, optional

    Raises
    ------
    InvalidInput
        If a file is no study population or holds too few people.
    """
    with threadpool_limits(limits=1):  # the last digits of a matrix product hang on the threads
        plan = plan or Plan()
        people = load_training(Path(data), plan)
        later = load_later(Path(validation), plan) if validation else None
        if later is not None and later_teach:
            return _learn(plan, pooled(people, later), None, say)
        return _learn(plan, people, later and later.rows(later.tested()), say)


def _learn(plan: Plan, people: People, tested: People | None, say: Say) -> Training:
    deaths = int(people.follow_up.died.sum())
    say(f"{len(people):,} people, {deaths:,} deaths, {len(plan.markers)} markers")
    say("Log likelihood of ten years in people held out:")
    selected = cross_validate(plan, people, say)
    say(f"Chosen: {candidate_name(selected.rounds, selected.weight_of_iii)}")
    say("Fitting on everyone, then on bootstrap samples ...")
    training_design = TrainingDesign.from_people(plan, people, selected.weight_of_iii)
    fitted_clock = assemble(
        plan, training_design, fit_hazard(plan, training_design, selected.rounds)
    )
    fitted_clock, agreement = with_variance(
        plan, training_design, fitted_clock, selected.rounds, say
    )
    say("Taking markers away from people held out ...")
    missing = measure_missing(plan, people, selected.folds, fitted_clock.parameters)
    fitted_clock = _as_served(fitted_clock, missing)
    say("Comparing with other clocks on people held out ...")
    bootstrap = Bootstrap(plan.draws, plan.seed)
    scored = np.flatnonzero(np.isfinite(selected.years))
    if people.mixed:
        scored = np.intersect1d(scored, people.tested())
    held_out = measure(
        people.rows(scored), NAME, selected.years[scored], fitted_clock.scale, bootstrap, say
    )
    test = None
    if tested is not None:
        say("Comparing with other clocks on later surveys ...")
        test = measure(
            tested, NAME, fitted_clock.predict(tested), fitted_clock.scale, bootstrap, say
        )
    return Training(
        plan, people, selected, missing, fitted_clock, agreement, held_out, test, _groups(test or held_out, fitted_clock)
    )  # fmt: skip


def _as_served(fitted_clock: FittedClock, missing: Missingness) -> FittedClock:
    """With the widening that was measured, rounded as in the file."""
    imputation = replace(fitted_clock.parameters.imputation, widening=missing.widening)
    parameters = replace(fitted_clock.parameters, imputation=imputation)
    return replace(fitted_clock, parameters=parameters_from_json(parameters_to_json(parameters)))


def _groups(comparison: ClockComparison, fitted_clock: FittedClock) -> list[Subgroup]:
    return subgroups(comparison.people, comparison.years, fitted_clock.scale, comparison.phenoage)


def write(
    training: Training, out: Path | str, say: Say = print, version: str = VERSION
) -> dict[str, bytes]:
    """Write the bundle directory and end with the comparison.

    Raises
    ------
    InvalidInput
        If the bundle cannot score, or the directory holds anything but a bundle.
    """
    manifest = document(training, NAME, version)
    bundle_files = bundle.write(Path(out), manifest, files(training), card(training, version))
    say(f"Wrote {NAME} {version} to {out}")
    say("")
    say(f"{NAME} and other clocks on the same people, {training.measured_on}")
    say("")
    say(comparison_table(training.final.clocks))
    return bundle_files
