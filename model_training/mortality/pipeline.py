"""Train `mortality-age`: select terms within NHANES III, fit, measure, write the bundle."""

from collections.abc import Callable
from pathlib import Path

from agelens.clocks.kinds.gompertz import score_table
from agelens.domain.errors import InvalidInput
from threadpoolctl import threadpool_limits

from model_training import bundle
from model_training.mortality.card import card
from model_training.mortality.clock_comparison import measure
from model_training.mortality.export import document, files
from model_training.mortality.fit import fit, parameters_of, with_spread
from model_training.mortality.missingness import measure_missing
from model_training.mortality.out_of_fold import choose_terms, cross_validate
from model_training.mortality.plan import Plan
from model_training.mortality.training import Training
from model_training.mortality.training_people import People, load_training, load_validation
from model_training.survival.comparison import Bootstrap
from model_training.survival.table import comparison_table

NAME = "mortality-age"
VERSION = "1.0.0"
Say = Callable[[str], None]


def train(
    data: Path,
    out: Path,
    say: Say = print,
    version: str = VERSION,
    *,
    validation: Path | None = None,
) -> dict[str, bytes]:
    """Train on NHANES III and write the bundle directory.

    Raises
    ------
    InvalidInput
        If a file is no cohort or holds too few people, the version cannot be one, or the directory
        holds anything but a bundle.
    """
    bundle.check(out, version)
    try:
        training = learn(data, say, validation=validation)
    except ValueError as error:  # too few people somewhere, or a model that does not converge
        raise InvalidInput.at("data", str(error)) from error
    return write(training, out, say, version)


def learn(
    data: Path | str,
    say: Say = print,
    *,
    validation: Path | str | None = None,
    plan: Plan | None = None,
) -> Training:
    """Choose, fit and measure by docs/protocols/mortality-age.md.

    Raises
    ------
    InvalidInput
        If a file is no cohort or holds too few people.
    """
    with threadpool_limits(limits=1):  # the last digits of a matrix product hang on the threads
        plan = plan or Plan()
        people = load_training(Path(data), plan)
        tested = load_validation(Path(validation), plan) if validation else None
        return _learn(plan, people, tested, say)


def _learn(plan: Plan, people: People, tested: People | None, say: Say) -> Training:
    deaths = int(people.follow_up.died.sum())
    say(f"{len(people):,} people of NHANES III, {deaths:,} deaths, {len(plan.markers)} markers")
    say(f"Log likelihood out of fold, {plan.folds} folds:")
    terms, candidates = choose_terms(plan, people, say)
    say(f"Chosen: {terms}. Predicting out of fold ...")
    years, folds = cross_validate(plan, terms, people)
    missing = measure_missing(plan, people, folds)
    say("Fitting on everyone, then on bootstrap samples ...")
    fitted = fit(plan, terms, people)
    parameters = parameters_of(plan, fitted, people)
    parameters = with_spread(parameters, plan, fitted, people, say)
    bootstrap = Bootstrap(plan.draws, plan.seed)
    say("Comparing with other clocks out of fold, NHANES III ...")
    within = measure(people, NAME, years, fitted.scale, bootstrap, say)
    test = None
    if tested is not None:
        say("Comparing with other clocks on the validation file ...")
        served = score_table(parameters, tested.table).prediction
        test = measure(tested, NAME, served, fitted.scale, bootstrap, say)
    return Training(
        plan, people, terms, candidates, years, folds, missing, fitted, parameters, within, test
    )  # fmt: skip


def write(
    training: Training, out: Path | str, say: Say = print, version: str = VERSION
) -> dict[str, bytes]:
    """Write the bundle directory and end with the comparison.

    Raises
    ------
    InvalidInput
        If the bundle cannot score, or the directory holds anything but a bundle.
    """
    stated = document(training, NAME, version)
    written = bundle.write(Path(out), stated, files(training), card(training))
    say(f"Wrote {NAME} {version} to {out}")
    say("")
    where = "validation file" if training.test else "out of fold, NHANES III"
    say(f"{NAME} and other clocks on the same people, {where}")
    say("")
    say(comparison_table(training.final.clocks))
    return written
