"""The frame that a pipeline was fitted on, made from a table in canonical units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.base import FloatArray, Table
from agelens.domain.panel import AGE
from agelens.domain.registry import Biomarker, biomarker
from agelens.domain.units import Unit, find_unit

Code = str | float | bool | None


@dataclass(frozen=True)
class PipelineColumn:
    """One column of the pipeline's frame.

    Attributes
    ----------
    name : str
        As the pipeline knows it.
    key : str
        What it answers: a biomarker's key, or chronological_age.
    unit : Unit
        The unit that the pipeline expects.
    codes : tuple, optional
        Of a choice: what the pipeline expects for each, in the registry's order; None for one that
        was in nobody's training data.
    """

    name: str
    key: str
    unit: Unit
    codes: tuple[Code, ...] | None = None

    def written(self, canonical: FloatArray) -> Any:
        """Canonical values as the pipeline expects them; NaN is missing.

        Parameters
        ----------
        canonical : ndarray of float64, shape (n_people,)
        """
        if self.codes is None:
            plain = self.unit.factor == 1 and self.unit.offset == 0
            return (
                canonical if plain else _rounded((canonical - self.unit.offset) / self.unit.factor)
            )
        codes = [*(np.nan if code is None else code for code in self.codes), np.nan]
        categories = np.array(codes, dtype=object if any(map(_is_text, codes)) else float)
        missing = len(codes) - 1
        return categories[np.nan_to_num(canonical, nan=missing).astype(int)]

    def unknown(self, canonical: FloatArray) -> Any:
        """Which people have a choice that the pipeline never saw, shape (n_people,)."""
        if self.codes is None:
            return np.zeros(len(canonical), dtype=bool)
        strange = [float(index) for index, code in enumerate(self.codes) if code is None]
        return np.isin(canonical, strange)

    def to_json(self) -> dict[str, object]:
        """The column as plain JSON types."""
        codes = None if self.codes is None else list(self.codes)
        return {"name": self.name, "key": self.key, "unit": self.unit.name, "codes": codes}


def column_from_json(entry: Mapping[str, Any]) -> PipelineColumn:
    """A column as `to_json` wrote it; KeyError, TypeError or ValueError when it is not one."""
    key, codes = str(entry["key"]), entry["codes"]
    if key == AGE:
        return PipelineColumn(str(entry["name"]), AGE, Unit("years"))
    marker = biomarker(key)
    unit = find_unit(marker.units, str(entry["unit"])) if marker.kind == "number" else Unit("")
    if unit is None:
        raise ValueError(f"{key}: {entry['unit']} is not one of its units")
    if (codes is None) != (marker.kind == "number"):
        raise ValueError(f"{key}: numbers have units and choices have codes")
    if codes is not None:
        _check_codes(marker, codes)
    return PipelineColumn(str(entry["name"]), key, unit, None if codes is None else tuple(codes))


def _check_codes(marker: Biomarker, codes: Sequence[Code]) -> None:
    if len(codes) != len(marker.choices) or not any(code is not None for code in codes):
        raise ValueError(f"{marker.key}: needs a code for each choice, and one at least")
    if not all(code is None or isinstance(code, str | int | float) for code in codes):
        raise ValueError(f"{marker.key}: a code is a text or a number")


def canonical_of(columns: Sequence[PipelineColumn], table: Table) -> FloatArray:
    """The table's values in the order of the columns, shape (n_people, n_columns)."""
    return np.column_stack(
        [table.chronological_age if c.key == AGE else table.column(c.key) for c in columns]
    )


def frame_of(columns: Sequence[PipelineColumn], canonical: FloatArray) -> Any:
    """The pipeline's frame, pandas, of shape (n_people, n_columns).

    Parameters
    ----------
    columns : sequence of PipelineColumn
    canonical : ndarray of float64, shape (n_people, n_columns)
    """
    import pandas as pd

    written = {c.name: c.written(canonical[:, index]) for index, c in enumerate(columns)}
    return pd.DataFrame(written)


def _rounded(values: FloatArray) -> FloatArray:
    """Values with 12 digits: 4.1 g/dL is 41 g/L and 4.1 again, on the same side of a tree's split."""
    sizes = np.abs(np.where(np.isfinite(values) & (values != 0), values, 1.0))
    scale = 10.0 ** (11 - np.floor(np.log10(sizes)))
    return np.asarray(np.round(values * scale) / scale, dtype=float)


def _is_text(code: Code) -> bool:
    return isinstance(code, str)
