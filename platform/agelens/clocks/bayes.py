"""An age posterior: what each marker says of age, multiplied over a grid of ages.

Every marker is modelled given age, independently of the others: linear in age with Gaussian noise
(left-censored where the instrument has a floor), or a table of probabilities for a choice. The prior
is flat. The prediction is the posterior mean; a missing marker drops its term and the posterior widens.
"""

from collections.abc import Collection, Mapping

import numpy as np

from agelens.clocks.age_gap import reference_of
from agelens.clocks.attribution import coalition_values, shapley_values
from agelens.clocks.base import (
    AgeGapReference,
    BoolArray,
    FloatArray,
    Manifest,
    Scores,
    Table,
)
from agelens.clocks.intervals import intervals
from agelens.clocks.manifests import PARAMETERS, json_of
from agelens.clocks.markers import Parameters, posterior
from agelens.clocks.parameters import parameters_from_json

KIND = "age-posterior"
CHUNK_PEOPLE = 64  # 512 coalitions x 72 ages x 64 people are 19 MB


class AgePosterior:
    """The clock: prediction, exact Shapley values and interval for a table of people.

    Parameters
    ----------
    manifest : Manifest
    parameters : Parameters
    reference : AgeGapReference, optional
    """

    def __init__(
        self, manifest: Manifest, parameters: Parameters, reference: AgeGapReference | None = None
    ) -> None:
        self.manifest = manifest
        self.parameters = parameters
        self.reference = reference

    def lacks(self, answered: Collection[str]) -> str | None:
        """One informative marker is enough; with none the prior alone would be no prediction."""
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
        parts = [self._score(part) for part in _chunks(table)]
        columns = np.stack([table.column(key) for key in self.parameters.features], axis=1)
        empty = np.isnan(columns).all(axis=1)
        prediction, low, high, base, contributions = (
            np.concatenate(p) for p in zip(*parts, strict=True)
        )
        for numbers in (prediction, low, high, base, contributions):
            numbers[empty] = np.nan
        return Scores(
            features=self.parameters.features,
            prediction=prediction,
            low=low,
            high=high,
            base_value=base,
            contributions=contributions,
            imputed=np.zeros(columns.shape, dtype=bool),
            clipped=self._clipped(columns),
            errors={int(row): str(self.lacks(())) for row in np.flatnonzero(empty)},
        )

    def _score(self, table: Table) -> tuple[FloatArray, ...]:
        parameters = self.parameters
        likelihoods = parameters.likelihoods(table)
        values = coalition_values(likelihoods, parameters.ages)
        low, high = intervals(posterior(likelihoods), parameters.ages, parameters.interval_mass)
        return values[:, -1], low, high, values[:, 0], shapley_values(values)

    def _clipped(self, columns: FloatArray) -> BoolArray:
        clipped = np.zeros(columns.shape, dtype=bool)
        for place, marker in enumerate(self.parameters.linear):
            clipped[:, place] = marker.clipped(columns[:, place])
        return clipped


def build(manifest: Manifest, files: Mapping[str, bytes]) -> AgePosterior:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    choices = {f.key: f.choices for f in manifest.features}
    parameters = parameters_from_json(json_of(files, PARAMETERS), choices)
    if set(parameters.features) != set(manifest.informative):
        raise ValueError("the manifest's informative features are not the parameters'")
    return AgePosterior(manifest, parameters, reference_of(files))


def _chunks(table: Table) -> list[Table]:
    starts = range(0, max(len(table), 1), CHUNK_PEOPLE)
    return [
        Table(
            {key: column[start : start + CHUNK_PEOPLE] for key, column in table.columns.items()},
            table.chronological_age[start : start + CHUNK_PEOPLE],
        )
        for start in starts
    ]
