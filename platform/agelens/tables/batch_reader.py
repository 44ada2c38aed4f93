"""Read a part of a file into a batch: vectorised for plain cells, cell by cell for malformed ones."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from agelens.clocks.base import BoolArray, Clock, FloatArray, IntArray
from agelens.clocks.batches.batch import Batch, ColumnMatch, Problems
from agelens.clocks.batches.row_patterns import patterns_of
from agelens.domain.answer_parsing import MAX_PROBLEMS
from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer
from agelens.domain.panel import AGE
from agelens.domain.registry import age_column
from agelens.domain.single_answer import printable
from agelens.domain.units import normalized_name
from agelens.tables.cell_parsing import CellParser, is_of_numbers
from agelens.tables.columns import ColumnBatch, read_columns
from agelens.tables.context_columns import context_indices, read_context
from agelens.tables.decimal_commas import PointedColumns, with_points
from agelens.tables.formats.parts import ROW_ERROR_COLUMN, part_column_name
from agelens.tables.identifiers import texts_of, with_control_characters, without_ids_at
from agelens.tables.malformed_cells import MalformedCells, read_malformed
from agelens.tables.matching import AGE_UNIT, column_index, match
from agelens.tables.panel_schema import PanelSchema
from agelens.tables.unit_suggestions import accepted, unit_suggestions
from agelens.tables.value_maps import ValueMaps
from agelens.wire import UnitSuggestion

MOST_PATTERNS = 10_000  # of answered features, that a reader remembers


@dataclass(frozen=True)
class ColumnOptions:
    """How the columns of a file or a frame are to be read; see `BatchReader`."""

    columns: str = "agelens"
    mapping: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    id_column: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    censored: str | None = None


class BatchReader:
    """Reads the parts of one file for one clock.

    Parameters
    ----------
    clock : Clock or PanelSchema
        What is asked of the rows.
    header : sequence of str
    columns : str
        Whose names the columns have: a name of `DATA_SETS`.
    mapping : mapping of str to str, optional
        The feature (or chronological_age) that a column answers, whatever `columns` says.
    units : mapping of str to str, optional
        The unit of a feature that is read under its key or by `mapping`; canonical when absent.
    id_column : str, optional
        The column that says who a row is; it is handed on as text.
    values : mapping of str to mapping of str to str, optional
        By key or column, what its codes stand for: {"sex": {"1": "male", "2": "female"}}.
    censored : str, optional
        `limit`: cells such as `<0.3` are read as their limit, with a warning; else they are errors.

    Raises
    ------
    InvalidInput
        Naming columns, mapping, units, id_column, values or censored when the file cannot be read so.
    """

    def __init__(
        self,
        clock: Clock | PanelSchema,
        header: Sequence[str],
        *,
        columns: str = "agelens",
        mapping: Mapping[str, str] | None = None,
        units: Mapping[str, str] | None = None,
        id_column: str | None = None,
        values: Mapping[str, Mapping[str, str]] | None = None,
        censored: str | None = None,
    ) -> None:
        _check_texts(mapping=mapping or {}, units=units or {}, id_column={"": id_column or ""})
        if censored not in (None, "limit"):
            raise InvalidInput.at("censored", "must be limit, or not given")
        self._schema = clock if isinstance(clock, PanelSchema) else PanelSchema.of(clock)
        self.header = tuple(header)
        self._features = self._schema.features
        self._mapping, self._columns, self._censored = mapping or {}, columns, censored
        self._matching = match(self._features, self.header, columns, self._mapping, units or {})
        self._id = column_index(self.header, id_column) if id_column else None
        if id_column and self._id is None:
            raise InvalidInput.at("id_column", f'the file has no column "{id_column}"')
        if self._id is not None and self.header.count(self.header[self._id]) > 1:
            raise InvalidInput.at("id_column", f'the file has two columns "{id_column}"')
        self._context = context_indices(self.header, self._taken())
        self._values = ValueMaps(_maps_of_texts(values or {}), self._matching, self.header)
        self._cell_parser = CellParser(self._schema, self._matching, censored)
        self._known_lacks: dict[bytes, bool] = {}

    @property
    def matches(self) -> tuple[ColumnMatch, ...]:
        """What every column of the header is read as."""
        columns = {column.index: column for column in self._matching.columns}
        context_keys = {index: key for key, index in self._context.items()}
        matches = []
        for index, name in enumerate(self.header):
            if index == self._matching.age:
                matches.append(ColumnMatch(name, (AGE,), AGE_UNIT))
            elif index in columns:
                matches.append(ColumnMatch(name, columns[index].features, columns[index].unit_name))
            elif index in context_keys:
                matches.append(ColumnMatch(name, (context_keys[index],), None))
            else:
                matches.append(ColumnMatch(name, (), None))
        return tuple(matches)

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns of which their names alone say what they answer."""
        mapped = {column_index(self.header, name) for name in self._mapping}
        return tuple(name for index, name in enumerate(self.header) if index not in mapped)

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Which columns may be meant, and are not read, in words."""
        return self._matching.suggestions

    @property
    def number_indices(self) -> frozenset[int]:
        """The columns that may be numbers before they come here, all of them or none.

        A plain number in them means the same however it is spelled. None where one is needed as text too:
        in decimal commas all columns of numbers have a say.
        """
        numbers = [column for column in self._matching.columns if column.kind == "number"]
        indices = {column.index for column in numbers}
        if self._matching.age is not None:
            indices.add(self._matching.age)
        as_text = {self._id, *self._values.indices, *self._context.values()}
        if indices & as_text or not all(map(is_of_numbers, numbers)):
            return frozenset()
        return frozenset(indices)

    @property
    def n_exact(self) -> int:
        """How many columns have exactly the names of the data set, to the letter."""
        columns = self._matching.columns
        exact = sum(c.targets[0][0].spells(self.header[c.index]) for c in columns)
        age = self._matching.age
        return exact + (age is not None and self.header[age] == age_column(self._columns))

    @property
    def missing(self) -> tuple[str, ...]:
        """The clock's features, and the age if it needs one, that no column answers."""
        answered = {key for column in self._matching.columns for key in column.features}
        missing = [f.key for f in self._features if f.key not in answered]
        if self._schema.needs_age and self._matching.age is None:
            missing.append(AGE)
        return tuple(missing)

    def read(self, part: pa.RecordBatch | pa.Table) -> Batch:
        """Read a part: its columns `c0`, `c1`, ... are those of the header, by index.

        A string column `fault` says of rows why they are none.
        """
        pointed = self._arrays(part)
        batch = read_columns(self._matching, pointed.arrays, part.num_rows, pointed.doubtful)
        batch.context, unclear = read_context(
            {key: _array(part, part_column_name(index)) for key, index in self._context.items()}
        )
        ids, id_errors = self._checked_ids(part)
        row_errors = _row_problems(_array(part, ROW_ERROR_COLUMN))
        errors = id_errors | row_errors
        malformed = read_malformed(
            self._cell_parser, self._schema, self._matching, batch, pointed.arrays, errors
        )
        errors |= {row: malformed.problems[row][:MAX_PROBLEMS] for row in malformed.fatal}
        self._refuse_lacking(batch, _rows_without_error(errors, part.num_rows), errors, malformed)
        rows = _rows_without_error(errors, part.num_rows)
        return Batch(
            n_rows=part.num_rows,
            table=batch.table(rows),
            rows=rows,
            errors=dict(sorted(errors.items())),
            warnings={
                row: (*malformed.warnings.get(row, ()), *unclear.get(row, ()))
                for row in sorted(malformed.warnings.keys() | unclear.keys())
                if row not in errors
            },
            ids=ids,
            columns=self._other_names(),
            missing=self._missing(batch, _rows_without_error(row_errors, part.num_rows)),
        )

    def unit_suggestions(self, part: pa.RecordBatch | pa.Table) -> list[UnitSuggestion]:
        """The columns that look as if they were in another unit, by their medians in this part."""
        return unit_suggestions(self._matching, self._arrays(part).arrays)

    def accepting(self, suggestions: Sequence[UnitSuggestion]) -> "BatchReader":
        """A reader of the same file, with the suggested units."""
        reader = copy(self)
        reader._matching = accepted(self._matching, suggestions)
        reader._cell_parser = CellParser(self._schema, reader._matching, self._censored)
        return reader

    def ids(self, part: pa.RecordBatch | pa.Table) -> pa.Array | None:
        """Who the rows are, as text to the letter; None without an `id_column`.

        One with control characters is null: its row has an error that says so.
        """
        return self._checked_ids(part)[0]

    def _checked_ids(
        self, part: pa.RecordBatch | pa.Table
    ) -> tuple[pa.Array | None, dict[int, Problems]]:
        if self._id is None:
            return None, {}
        ids = texts_of(_array(part, part_column_name(self._id)))
        rows = with_control_characters(ids)
        return without_ids_at(ids, rows), _unusable_ids(ids, rows)

    def _arrays(self, part: pa.RecordBatch | pa.Table) -> PointedColumns:
        """The columns that are read, with what codes stand for and points for decimal commas."""
        arrays = self._values.applied(
            {index: _array(part, part_column_name(index)) for index in self._indices()}
        )
        numbers = [c.index for c in self._matching.columns if c.kind == "number"]
        return with_points(arrays, [*numbers, *self._indices()[len(self._matching.columns) :]])

    def _refuse_lacking(
        self,
        batch: ColumnBatch,
        rows: IntArray,
        errors: dict[int, Problems],
        malformed: MalformedCells,
    ) -> None:
        """Refuse the rows without enough answers; what is said is said of all alike at once."""
        answered_rows = {key: ~np.isnan(values[rows]) for key, values in batch.values.items()}
        ages = batch.ages[rows]
        flags = [*answered_rows.values(), *self._age_flags(ages)]
        first, pattern = patterns_of(flags, len(rows))
        lacks = self._lacking_patterns(np.stack(flags)[:, first], list(answered_rows), ages[first])
        for number in lacks:
            row = int(first[number])
            answered = {key for key, has_answer in answered_rows.items() if has_answer[row]}
            problems = self._cell_parser.lacking(answered, float(ages[row]))
            problems_by_id: dict[int, Problems] = {}  # rows alike share what is wrong with them
            for similar_row in rows[pattern == number].tolist():
                earlier_problems = malformed.problems.get(similar_row, ())
                if id(earlier_problems) not in problems_by_id:
                    problems_by_id[id(earlier_problems)] = (*earlier_problems, *problems)[
                        :MAX_PROBLEMS
                    ]
                errors[similar_row] = problems_by_id[id(earlier_problems)]

    def _lacking_patterns(
        self, flags: BoolArray, keys: Sequence[str], ages: FloatArray
    ) -> list[int]:
        """Which patterns, the columns of `flags`, are not enough; a file's parts have most in common."""
        lacking = []
        for number, code in enumerate(np.packbits(flags, axis=0).T):
            pattern = code.tobytes()
            lacks = self._known_lacks.get(pattern)
            if lacks is None:
                answered = {
                    key
                    for key, is_answered in zip(keys, flags[:, number], strict=False)
                    if is_answered
                }
                lacks = self._lacks(answered, ages[number])
                if len(self._known_lacks) >= MOST_PATTERNS:
                    self._known_lacks.clear()
                self._known_lacks[pattern] = lacks
            if lacks:
                lacking.append(number)
        return lacking

    def _missing(self, batch: ColumnBatch, rows: IntArray) -> dict[str, BoolArray]:
        """Who of these rows has no usable value of what the clock reads."""
        unanswered = np.full(len(rows), np.nan)
        columns = {f.key: batch.values.get(f.key) for f in self._features if f.informative}
        if self._schema.needs_age:
            columns[AGE] = batch.ages
        return {
            key: np.isnan(unanswered if values is None else values[rows])
            for key, values in columns.items()
        }

    def _other_names(self) -> dict[str, str]:
        """The names of columns by what they answer, where that is another name."""
        answers = {key: c.index for c in self._matching.columns for key in c.features}
        if self._matching.age is not None:
            answers[AGE] = self._matching.age
        names = {key: self.header[index] for key, index in answers.items()}
        return {
            key: printable(name)
            for key, name in names.items()
            if normalized_name(name) != normalized_name(key)
        }

    def _age_flags(self, ages: FloatArray) -> tuple[BoolArray, ...]:
        low, high = self._schema.ages or (-np.inf, np.inf)
        return ~np.isnan(ages), ages < low, ages > high

    def _lacks(self, answered: set[str], age: float) -> bool:
        if any(f.required and f.key not in answered for f in self._features):
            return True
        if np.isnan(age):
            return self._schema.needs_age or self._schema.lacks(answered) is not None
        low, high = self._schema.ages or (age, age)
        return not low <= age <= high or self._schema.lacks(answered) is not None

    def _taken(self) -> set[int]:
        """The indices of columns that answer something, are mapped, or say who a row is."""
        mapped = (column_index(self.header, name) for name in self._mapping)
        return {index for index in (*self._indices(), self._id, *mapped) if index is not None}

    def _indices(self) -> list[int]:
        age = self._matching.age
        indices = [column.index for column in self._matching.columns]
        return indices if age is None else [*indices, age]


def _maps_of_texts(values: object) -> Mapping[str, Mapping[str, str]]:
    """What codes stand for, with the codes as text."""
    if not isinstance(values, Mapping) or not all(isinstance(m, Mapping) for m in values.values()):
        raise InvalidInput.at("values", 'must be like {"sex": {"1": "male", "2": "female"}}')
    for name, meanings in values.items():
        for meant in meanings.values():
            if not isinstance(meant, str):
                raise InvalidInput.at("values", f"{name}: codes must stand for text, not {meant!r}")
    return {str(name): {str(c): m for c, m in codes.items()} for name, codes in values.items()}


def _check_texts(**texts: Mapping[str, str]) -> None:
    for name, entries in texts.items():
        for each in (*entries, *entries.values()):
            if not isinstance(each, str):
                raise InvalidInput.at(name, f"must be text, not {each!r}")


def _array(part: pa.RecordBatch | pa.Table, name: str) -> pa.Array:
    column = part.column(name)
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _rows_without_error(errors: Mapping[int, Problems], n_rows: int) -> IntArray:
    """The rows without an error."""
    good = np.ones(n_rows, dtype=bool)
    good[list(errors)] = False
    return np.flatnonzero(good)


def _unusable_ids(ids: pa.Array, rows: IntArray) -> dict[int, Problems]:
    message = (
        "must not have control characters, such as tabs, line ends and marks that reorder text: "
    )
    return {
        row: [FieldProblem(json_pointer("id"), "id", f'{message}"{printable(ids[row].as_py())}"')]
        for row in rows.tolist()
    }


def _row_problems(row_errors: pa.Array) -> dict[int, Problems]:
    rows = np.flatnonzero(row_errors.is_valid().to_numpy(zero_copy_only=False))
    return {
        row: [FieldProblem(json_pointer("row"), "row", row_errors[row].as_py())]
        for row in rows.tolist()
    }
