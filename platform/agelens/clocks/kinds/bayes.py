"""Age posterior: the product of the markers' likelihoods over a grid of ages.

Every marker is modelled given age, independently of the others: linear in age with Gaussian noise
(left-censored where the instrument has a floor), or a table of probabilities for a choice. The prior
is flat. The prediction is the posterior mean; a missing marker drops its term and the posterior widens.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from agelens.clocks.age_gap import reference_of
from agelens.clocks.age_likelihoods import Parameters, posterior
from agelens.clocks.attribution import Coalitions, shapley_values
from agelens.clocks.base import (
    AgeGapReference,
    FloatArray,
    IntArray,
    Manifest,
    Scores,
    Table,
)
from agelens.clocks.expected_interval_width import Prospects
from agelens.clocks.intervals import intervals
from agelens.clocks.manifests import PARAMETERS, json_of
from agelens.clocks.own_age_baseline import OwnAgePeers
from agelens.clocks.parameters import parameters_from_json

KIND = "age-posterior"
CHUNK_PEOPLE = 48  # the products of the markers of 48 people, 1.8 MB, stay near the processor


class AgePosterior:
    """The clock: prediction, exact Shapley values and interval for a table of people.

    Parameters
    ----------
    manifest : Manifest
    parameters : Parameters
    reference : AgeGapReference, optional
    """

    ages: tuple[float, float] | None = None
    validated_ages: tuple[float, float] | None = None

    def __init__(
        self, manifest: Manifest, parameters: Parameters, reference: AgeGapReference | None = None
    ) -> None:
        self.manifest = manifest
        self.parameters = parameters
        self.reference = reference
        self._prospects = Prospects(parameters)
        self._own_age_peers = OwnAgePeers(parameters, CHUNK_PEOPLE)

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
        coalitions = Coalitions(min(n_people, CHUNK_PEOPLE), n_features, parameters.ages)
        for start in range(0, n_people, CHUNK_PEOPLE):
            rows = slice(start, start + CHUNK_PEOPLE)
            prediction[rows], low[rows], high[rows], base_value[rows], contributions[rows] = (
                self._score(columns[rows], coalitions)
            )
        missing = np.isnan(columns)
        contributions[missing] = 0.0  # but for the last bits it was already
        empty = np.flatnonzero(missing.all(axis=1))
        if len(empty):
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
            errors={int(row): str(self.lacks(())) for row in empty},
        )

    def expected_widths(
        self, person: Table, missing: Sequence[str], width_now: float
    ) -> Mapping[str, float]:
        """Expected widths, averaged over the predictive distribution of each marker."""
        (weights,) = posterior(self.parameters.likelihoods(person))
        return self._prospects.expected_widths(weights, missing)

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

    def _score(self, columns: FloatArray, coalitions: Coalitions) -> tuple[FloatArray, ...]:
        parameters = self.parameters
        values, weights = coalitions.values(parameters.log_likelihoods_of(columns))
        low, high = intervals(weights, parameters.ages, parameters.interval_mass)
        return values[:, -1], low, high, values[:, 0], shapley_values(values)


def build(manifest: Manifest, files: Mapping[str, bytes]) -> AgePosterior:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    choices = {f.key: f.choices for f in manifest.features}
    parameters = parameters_from_json(json_of(files, PARAMETERS), choices)
    if set(parameters.features) != set(manifest.informative):
        raise ValueError("the informative features of the manifest must be those of the parameters")
    return AgePosterior(manifest, parameters, reference_of(files))
