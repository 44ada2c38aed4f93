"""Nested cross-validation: outer folds measure the model selection of the inner folds.

Source: G. C. Cawley & N. L. C. Talbot, JMLR 2010; S. Varma & R. Simon, BMC Bioinformatics 2006.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray, IntArray, Table

from model_training.candidates import Candidate, Settings
from model_training.folds import Protocol, k_folds, rows_of


@dataclass(frozen=True)
class Choice:
    """What folds of one set of people chose: each candidate's best settings, and the best of all."""

    settings: dict[str, Settings]
    mae_years: dict[str, float]

    @property
    def winner(self) -> str:
        """The candidate with the least error."""
        return min(self.mae_years, key=lambda name: self.mae_years[name])


@dataclass(frozen=True)
class Nested:
    """Predictions for people held out from both fitting and selection.

    Attributes
    ----------
    age : ndarray of float64, shape (n_people,)
        Years.
    predictions : dict of str to ndarray of float64, shape (n_repeats, n_people)
        Of each candidate, years.
    selected : ndarray of float64, shape (n_repeats, n_people)
        Of whichever candidate the inner folds had chosen, years.
    choices : tuple of Choice
        One for each outer fold.
    """

    age: FloatArray
    predictions: dict[str, FloatArray]
    selected: FloatArray
    choices: tuple[Choice, ...]

    @property
    def mae_years(self) -> dict[str, float]:
        """The mean absolute error of each candidate."""
        return {
            name: float(np.abs(prediction - self.age).mean())
            for name, prediction in self.predictions.items()
        }

    @property
    def selected_mae_years(self) -> float:
        """What choosing the winner by inner folds gives on people who had no part in it."""
        return float(np.abs(self.selected - self.age).mean())

    def ahead_years(self, name: str, other: str) -> tuple[float, float]:
        """By how much one candidate's error is smaller than another's, and the standard error.

        Each person counts once, with the mean over the repeats; errors are compared person by person.
        """
        errors = [np.abs(self.predictions[key] - self.age).mean(axis=0) for key in (other, name)]
        ahead = errors[0] - errors[1]
        return float(ahead.mean()), float(ahead.std(ddof=1) / np.sqrt(len(ahead)))

    def surely_better_than(self, name: str) -> str | None:
        """The candidate furthest ahead of this one by more than the standard error, if there is one.

        Source
        ------
        The one-standard-error rule: Breiman et al., Classification and Regression Trees, 1984.
        """
        leads = {other: self.ahead_years(other, name) for other in self.predictions}
        sure = [other for other, (ahead, error) in leads.items() if ahead > error]
        return max(sure, key=lambda other: leads[other][0], default=None)


def nested_cross_validation(
    candidates: Sequence[Candidate],
    table: Table,
    age: FloatArray,
    protocol: Protocol,
    say: Callable[[str], None],
) -> Nested:
    """Measure every candidate, and the choice between them, on people neither has seen.

    Parameters
    ----------
    candidates : sequence of Candidate
    table : Table
    age : ndarray of float64, shape (n_people,)
        Years.
    protocol : Protocol
    say : callable
        Told a line per outer fold.

    Returns
    -------
    Nested
    """
    shape = (protocol.repeats, len(age))
    predictions = {candidate.name: np.empty(shape) for candidate in candidates}
    selected = np.empty(shape)
    choices: list[Choice] = []
    for repeat, train, held_out in protocol.splits(len(age)):
        train_table, train_ages = rows_of(table, train), age[train]
        choice = choose(
            candidates, train_table, train_ages, protocol.inner_folds, protocol.seed + repeat
        )
        held_out_table = rows_of(table, held_out)
        for candidate in candidates:
            predict = candidate.fit(choice.settings[candidate.name], train_table, train_ages)
            predictions[candidate.name][repeat, held_out] = predict(held_out_table)
        selected[repeat, held_out] = predictions[choice.winner][repeat, held_out]
        choices.append(choice)
        say(_line(len(choices), protocol, choice, predictions, age, (repeat, held_out)))
    return Nested(age, predictions, selected, tuple(choices))


def choose(
    candidates: Sequence[Candidate], table: Table, age: FloatArray, n_folds: int, seed: int
) -> Choice:
    """The settings of each candidate with the least error in folds of these people alone."""
    best_settings, errors = {}, {}
    for candidate in candidates:
        error = [
            _error(candidate, settings, table, age, n_folds, seed) for settings in candidate.grid
        ]
        best = int(np.argmin(error))
        best_settings[candidate.name], errors[candidate.name] = candidate.grid[best], error[best]
    return Choice(best_settings, errors)


def _error(
    candidate: Candidate, settings: Settings, table: Table, age: FloatArray, n_folds: int, seed: int
) -> float:
    prediction = np.empty(len(age))
    for train, held_out in k_folds(len(age), n_folds, seed):
        predict = candidate.fit(settings, rows_of(table, train), age[train])
        prediction[held_out] = predict(rows_of(table, held_out))
    return float(np.abs(prediction - age).mean())


def _line(
    number: int,
    protocol: Protocol,
    choice: Choice,
    predictions: dict[str, FloatArray],
    age: FloatArray,
    held_out: tuple[int, IntArray],
) -> str:
    errors = {
        name: np.abs(prediction[held_out] - age[held_out[1]]).mean()
        for name, prediction in predictions.items()
    }
    errors_text = ", ".join(f"{name} {error:.2f}" for name, error in errors.items())
    n_folds = protocol.repeats * protocol.folds
    return f"  fold {number:>2} of {n_folds}: {errors_text}; inside it {choice.winner} wins"
