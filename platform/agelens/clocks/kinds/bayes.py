"""Age posterior: the product of the markers' likelihoods over a grid of ages.

Every marker is modelled given age, independently of the others: linear in age with Gaussian noise
(left-censored where the instrument has a floor), or a table of probabilities for a choice. The prior
is flat. The prediction is the posterior mean; a missing marker drops its term and the posterior widens.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from agelens.clocks.age_gap import reference_of
from agelens.clocks.age_likelihoods import AgePosteriorParameters, posterior
from agelens.clocks.age_posterior_parameters import parameters_from_json
from agelens.clocks.age_posterior_shapley import Game, game_of
from agelens.clocks.base import (
    AgeGapReference,
    IntArray,
    Manifest,
    Scores,
    Table,
)
from agelens.clocks.completed_panels import CompletedPanels
from agelens.clocks.expected_interval_width import Prospects
from agelens.clocks.intervals import intervals
from agelens.clocks.manifests import PARAMETERS, json_of
from agelens.clocks.own_age_baseline import OwnAgePeers
from agelens.clocks.shapley import shapley_values

KIND = "age-posterior"


class AgePosterior:
    """The clock: prediction, exact Shapley values and interval for a table of people.

    Parameters
    ----------
    manifest : Manifest
    parameters : AgePosteriorParameters
    reference : AgeGapReference, optional
    """

    ages: tuple[float, float] | None = None
    validated_ages: tuple[float, float] | None = None

    def __init__(
        self,
        manifest: Manifest,
        parameters: AgePosteriorParameters,
        reference: AgeGapReference | None = None,
    ) -> None:
        self.manifest = manifest
        self.parameters = parameters
        self.reference = reference
        self._prospects = Prospects(parameters)
        self._completed = CompletedPanels(parameters)

    def lacks(self, answered: Collection[str]) -> str | None:
        """At least one informative marker is needed: a prior alone is no prediction."""
        if set(self.parameters.features).isdisjoint(answered):
            return f"needs at least one of: {', '.join(self.parameters.features)}"
        return None

    def score(self, table: Table) -> Scores:
        """Score and explain every person.

        Parameters
        ----------
        table : Table

        Returns
        -------
        Scores
            A person without any informative marker is an error: the prior alone is no prediction.
        """
        parameters = self.parameters
        columns = parameters.columns(table)
        n_people, n_features = columns.shape
        prediction, low, high, base_value = np.empty((4, n_people))
        contributions = np.empty((n_people, n_features))
        for rows, values, weights in self._game.batches(columns):
            mean = np.matmul(weights[:, np.newaxis], parameters.ages)[:, 0]
            low[rows], high[rows] = intervals(
                weights, parameters.ages, parameters.interval_mass, mean
            )
            prediction[rows], base_value[rows] = mean, values[:, 0]
            contributions[rows] = shapley_values(values)
        missing = np.isnan(columns)
        empty: list[int] = []
        if np.count_nonzero(missing):
            contributions[missing] = 0.0  # but for the last bits it was already
            empty = np.flatnonzero(missing.all(axis=1)).tolist()
            for numbers in (prediction, low, high, base_value, contributions):
                numbers[empty] = np.nan
        return Scores(
            features=parameters.features,
            prediction=prediction,
            low=low,
            high=high,
            base_value=base_value,
            contributions=contributions,
            imputed=np.zeros(columns.shape, dtype=bool),
            clipped=parameters.clipped(columns),
            errors={row: str(self.lacks(())) for row in empty},
        )

    def expected_widths(
        self, person: Table, missing: Sequence[str], width_now: float
    ) -> Mapping[str, float]:
        """Expected widths, averaged over the predictive distribution of each marker."""
        (weights,) = posterior(self.parameters.likelihoods(person))
        return self._prospects.expected_widths(weights, missing)

    def completed_range(self, person: Table) -> tuple[float, float]:
        """The middle 90 % of the predictions that measuring the missing markers may give."""
        (weights,) = posterior(self.parameters.likelihoods(person))
        return self._completed.range_of(weights, self.parameters.columns(person)[0])

    def own_age_meaning(self, age_years: float) -> str:
        """What the base value is against people of one's own age, in words."""
        return self._own_age_peers.meaning(age_years)

    def against_own_age(self, table: Table, scores: Scores, rows: IntArray) -> Scores:
        """The game of `OwnAgePeers` for some rows, whose ages are known.

        Parameters
        ----------
        table : Table
        scores : Scores
            Of the table.
        rows : ndarray of int, shape (n_rows,)

        Returns
        -------
        Scores
            With other base values and contributions in these rows.
        """
        missing = np.isnan(self.parameters.columns(table)[rows])
        answer, years = self._own_age_peers.averages(table.chronological_age[rows], missing)
        base_value, contributions = scores.base_value.copy(), scores.contributions.copy()
        base_value[rows] = answer
        contributions[rows] -= years
        return replace(scores, base_value=base_value, contributions=contributions)

    @cached_property
    def _game(self) -> Game:
        return game_of(self.parameters)

    @cached_property
    def _own_age_peers(self) -> OwnAgePeers:
        return OwnAgePeers(self.parameters, self._game)


def build(manifest: Manifest, files: Mapping[str, bytes]) -> AgePosterior:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    choices = {f.key: f.choices for f in manifest.features}
    parameters = parameters_from_json(json_of(files, PARAMETERS), choices)
    if set(parameters.features) != set(manifest.informative):
        raise ValueError("the informative features of the manifest must be those of the parameters")
    return AgePosterior(manifest, parameters, reference_of(files))
