"""Files of people as a cohort's part has them, and the slow way to read them, cell by cell."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from agelens.clocks.scoring import obstacles
from agelens.domain.errors import InvalidAnswers
from agelens.domain.features import Feature
from agelens.domain.panel import Panel, PanelReader
from agelens.domain.registry import Alias, age_column
from agelens.domain.units import find_unit
from agelens.tables.column_hints import age_name, used_columns
from agelens.tables.typed_cells import answer_of

ODD_TEXT = [
    "", " ", "NA", "na", "nan", "NaN", "-nan", "nan(1)", "inf", "-inf", "Infinity", "1e999", "-1",
    "0", "1_0", "１２", "\xa05", "1,000", "<5", "-", "N/A", "null", "None", "none", "abc", "120/80", " 120/80\t", "120 / 80",
    "120/x", "1/2/3", "1e2/8e1", "nan/80", "+7", "1.", ".5", "1e1", "0x1", "male", "MALE", "Female ",
    "1", "1.0", "2", "2.5", "3", "former smoker", "never", "x" * 90, "9" * 400, "é", "true",
]  # fmt: skip
ODD_NUMBERS = [
    None,
    math.nan,
    math.inf,
    -math.inf,
    -1.0,
    -0.0,
    0.0,
    1.0,
    2.0,
    51.0,
    1e-9,
    1e9,
    1e308,
]


@dataclass(frozen=True)
class File:
    """A header and the cells of every column, all text or all numbers."""

    header: tuple[str, ...]
    cells: tuple[list, ...]

    @property
    def n_rows(self) -> int:
        return len(self.cells[0])

    def part(self, faults=None) -> pa.Table:
        columns = {
            f"c{place}": pa.array(cells, pa.string() if _is_text(cells) else pa.float64())
            for place, cells in enumerate(self.cells)
        }
        return pa.table(columns | {"fault": pa.array(faults or [None] * self.n_rows, pa.string())})

    def row(self, row: int) -> dict[str, object]:
        return {name: cells[row] for name, cells in zip(self.header, self.cells, strict=True)}


def _is_text(cells: list) -> bool:
    return any(isinstance(cell, str) for cell in cells)


def names_of(features, columns: str) -> dict[str, tuple[Feature, Alias | None]]:
    """A column for each feature that has a name in a data set."""
    names = {}
    for f in features:
        if columns == "agelens":
            names[f.key] = (f, None)
        for alias in f.aliases:
            if alias.columns == columns:
                names.setdefault(alias.name, (f, alias))
                break
    return names


def plain_cell(f: Feature, alias: Alias | None, unit: str | None = None) -> str | float:
    """What somebody without any peculiarity has in a column."""
    if f.kind == "choice":
        codes = {choice: code for code, choice in alias.codes} if alias else {}
        return codes.get(f.example, f.example)
    if alias and alias.transform.endswith("pair"):
        return "121/79"
    written = find_unit(f.units, unit or (alias.unit if alias else f.unit))
    value = written.from_canonical(f.example)
    return math.log1p(value) if alias and alias.transform == "expm1" else value


def odd_numbers(f: Feature, alias: Alias | None) -> list[float]:
    """Values at and beyond every limit of a feature, in every unit."""
    bounds = [b for r in (f.plausible, f.typical, f.training) if r for b in r]
    near = [math.nextafter(b, side) for b in bounds for side in (b, -math.inf, math.inf)]
    near += [float(f.example)] if f.kind == "number" else []
    found = [unit.from_canonical(each) for unit in f.units for each in near]
    if alias and alias.transform == "expm1":
        found += [math.log1p(each) for each in found if each > -1]
    return [*ODD_NUMBERS, *found]


def read_slowly(clock, file: File, columns: str, units=None) -> list:
    """Of every row its panel, or the problems, as the API would read this one person.

    Unlike the API, a file may have cells that cannot be used, where the clock has enough without.
    """
    manifest = clock.manifest
    reader = PanelReader(manifest.features, needs_age=manifest.needs_age, columns=columns)
    used = used_columns(file.header, manifest.features, columns, reader.names)
    age = age_name(file.header, columns)
    outcomes = []
    for row in map(file.row, range(file.n_rows)):
        answers = {name: answer_of(row[name], kind) for name, kind in used.items()}
        sent_age = answer_of(row[age], "number") if age else None
        try:
            panel = reader.read(answers, units, sent_age)
        except InvalidAnswers as error:
            outcomes.append(_without_odd_cells(clock, reader, answers, units, sent_age, error))
        else:
            outcomes.append(obstacles(clock, panel) or panel)
    return outcomes


def _without_odd_cells(clock, reader, answers, units, age, error):
    """The panel of a row without the answers that are wrong, or all that is wrong with it."""
    needed = {f.key for f in clock.manifest.features if f.required}
    needed |= {"chronological_age"} if clock.manifest.needs_age else set()
    odd = {each.field for each in error.problems}
    if odd & needed or any(map(_costs_its_row, error.problems)):
        return error.problems
    left = {
        name: answer
        for name, answer in answers.items()
        if odd.isdisjoint(ways[0].feature.key for ways in reader.names.find(name))
    }
    panel = reader.read(left, units, None if "chronological_age" in odd else age)
    if lacking := obstacles(clock, panel):
        return [*error.problems, *lacking]
    told = [f"{each.field} {each.message}; it counts as missing" for each in error.problems]
    return replace(panel, warnings=(*panel.warnings, *told))


def _costs_its_row(problem) -> bool:
    """Whether a number, or a pair of them, is implausible: the unit may be wrong."""
    implausible = ("must be between", "must be below")
    is_of_marker = problem.field != "chronological_age"
    return is_of_marker and (
        problem.message.startswith(implausible) or "looks like" in problem.message
    )


def panels_of(outcomes) -> dict[int, Panel]:
    return {row: each for row, each in enumerate(outcomes) if isinstance(each, Panel)}


def example_file(clock, columns="agelens", n_rows=1, units=None, *, as_text=True, with_age=True):
    """Made-up people who are all alike, under a data set's names."""
    header, cells = [], []
    for name, (f, alias) in names_of(clock.manifest.features, columns).items():
        cell = plain_cell(f, alias, (units or {}).get(f.key))
        header.append(name)
        cells.append([str(cell) if as_text else cell] * n_rows)
    if with_age:
        header.append(age_column(columns))
        cells.append(["52" if as_text else 52.0] * n_rows)
    return File(tuple(header), tuple(cells))


def same_numbers(one: np.ndarray, other: np.ndarray) -> bool:
    """To the bit, but for the sign of NaN."""
    return np.array_equal(one, other, equal_nan=True) and np.array_equal(
        np.signbit(one[~np.isnan(one)]), np.signbit(other[~np.isnan(other)])
    )
