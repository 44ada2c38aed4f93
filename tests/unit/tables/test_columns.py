"""Reading whole columns gives exactly what reading cell by cell gives, numbers, warnings and words."""

import math

import numpy as np
import pyarrow as pa
import pytest
from agelens.clocks.scoring import table_of
from agelens.domain.registry import DATA_SETS
from agelens.tables import cell_parsing
from agelens.tables.batch_reader import BatchReader
from batch_files import (
    ODD_TEXT,
    File,
    example_file,
    names_of,
    odd_numbers,
    panels_of,
    plain_cell,
    read_slowly,
    same_numbers,
)
from hypothesis import given, settings
from hypothesis import strategies as st

ODD_AGES = [
    None,
    math.nan,
    math.inf,
    -1.0,
    0.0,
    17.0,
    20.0,
    19.999,
    55.5,
    90.0,
    90.001,
    130.0,
    131.0,
]


@st.composite
def files(draw, clock, columns, units=None):
    """A few people, most cells plain; every column all text or all numbers."""
    names = names_of(clock.manifest.features, columns)
    gone = draw(st.sets(st.sampled_from(sorted(names)), max_size=2 if len(names) > 4 else 0))
    n_rows = draw(st.integers(1, 4))
    header, cells = [], []
    for name, (f, alias) in names.items():
        if name in gone:
            continue
        plain = plain_cell(f, alias, (units or {}).get(f.key))
        cells.append(_column(draw, plain, odd_numbers(f, alias), n_rows))
        header.append(name)
    cells.append(_column(draw, 52.0, ODD_AGES, n_rows))
    age = {"agelens": "chronological_age", "kaggle": "age (years)", "bioage-r": "AGE"}[columns]
    order = draw(st.permutations(range(len(cells))))
    header.append(age)
    return File(tuple(header[p] for p in order), tuple(cells[p] for p in order))


def _column(draw, plain, odd, n_rows):
    as_text = draw(st.booleans()) or (isinstance(plain, str) and not plain.isdigit())
    pool = [*ODD_TEXT, *(repr(each) for each in odd if each is not None), None] if as_text else odd
    cells = [str(plain) if as_text else float(plain)] * n_rows
    if draw(st.integers(0, 5)) == 0:
        cells[draw(st.integers(0, n_rows - 1))] = draw(st.sampled_from(pool))
    return cells


def assert_same(clock, batch, outcomes):
    panels = panels_of(outcomes)
    assert batch.rows.tolist() == list(panels)
    assert {row: [(p.field, p.message) for p in each] for row, each in batch.errors.items()} == {
        row: [(p.field, p.message) for p in each]
        for row, each in enumerate(outcomes)
        if row not in panels
    }
    assert {row: sorted(each) for row, each in batch.warnings.items()} == {
        row: sorted(each.warnings) for row, each in panels.items() if each.warnings
    }
    expected = table_of(clock, list(panels.values()))
    for f in clock.manifest.features:
        assert same_numbers(batch.table.column(f.key), expected.column(f.key)), f.key
    assert same_numbers(batch.table.chronological_age, expected.chronological_age)


@pytest.mark.slow
@pytest.mark.parametrize("columns", DATA_SETS)
@settings(max_examples=60)
@given(data=st.data())
def test_columns_of_every_data_set_are_read_as_cell_by_cell(any_clock, columns, data):
    if not _informative(any_clock, columns):
        pytest.skip("nothing of this clock has a name in this data set")
    file = data.draw(files(any_clock, columns))

    batch = BatchReader(any_clock, file.header, columns=columns).read(file.part())

    assert_same(any_clock, batch, read_slowly(any_clock, file, columns))


@pytest.mark.slow
@settings(max_examples=100)
@given(data=st.data())
def test_mapped_columns_in_given_units_are_read_as_cell_by_cell(any_clock, data):
    features = any_clock.manifest.features
    units = {
        f.key: data.draw(st.sampled_from([u.name for u in f.units]))
        for f in features
        if f.kind == "number"
    }
    file = data.draw(files(any_clock, "agelens", units))
    renamed = {name: f"column {place}" for place, name in enumerate(file.header)}
    mapping = {column: name for name, column in renamed.items()}

    given_units = {key: unit for key, unit in units.items() if key in file.header}
    reader = BatchReader(
        any_clock, list(mapping), columns="kaggle", mapping=mapping, units=given_units
    )

    assert_same(
        any_clock, reader.read(file.part()), read_slowly(any_clock, file, "agelens", given_units)
    )


def _informative(clock, columns):
    names = names_of(clock.manifest.features, columns)
    return any(f.informative for f, _ in names.values())


@pytest.mark.slow
def test_every_odd_text_is_read_as_cell_by_cell_in_every_kind_of_column(any_clock):
    for columns in DATA_SETS:
        if not _informative(any_clock, columns):
            continue
        plain = example_file(any_clock, columns, n_rows=len(ODD_TEXT))
        for place in range(len(plain.header)):
            cells = [list(ODD_TEXT) if p == place else of for p, of in enumerate(plain.cells)]
            file = File(plain.header, tuple(cells))
            reader = BatchReader(any_clock, file.header, columns=columns)
            assert_same(any_clock, reader.read(file.part()), read_slowly(any_clock, file, columns))


@pytest.mark.slow
@pytest.mark.parametrize("columns", DATA_SETS)
@pytest.mark.parametrize("with_age", [True, False])
def test_rows_in_which_every_cell_is_odd_are_told_as_cell_by_cell(any_clock, columns, with_age):
    if not _informative(any_clock, columns):
        pytest.skip("nothing of this clock has a name in this data set")
    n_rows = 2 * len(ODD_TEXT)
    plain = example_file(any_clock, columns, n_rows=n_rows, with_age=with_age)
    odd = [
        [
            str(ODD_TEXT[(row * (place + 1) + place) % len(ODD_TEXT)]) if row % 3 else cell
            for row, cell in enumerate(cells)
        ]
        for place, cells in enumerate(plain.cells)
    ]
    file = File(plain.header, tuple(odd))
    reader = BatchReader(any_clock, file.header, columns=columns)
    assert_same(any_clock, reader.read(file.part()), read_slowly(any_clock, file, columns))


def test_a_column_in_another_unit_is_parsed_once_for_equal_cells(mortality, monkeypatch):
    file = example_file(mortality, n_rows=2000, as_text=False)
    glucose = file.header.index("glucose")
    wrong = [180 + row / 100 for row in range(1000)] + [180.0] * 1000
    cells = [wrong if p == glucose else of for p, of in enumerate(file.cells)]
    n_parsed = []
    parse = cell_parsing.first_usable
    monkeypatch.setattr(cell_parsing, "first_usable", lambda *a: n_parsed.append(a) or parse(*a))
    batch = BatchReader(mortality, file.header).read(File(file.header, tuple(cells)).part())
    assert len(batch.errors) == 2000
    assert "180 would fit in mg/dL" in batch.errors[1500][0].message
    assert len(n_parsed) == 1000


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1, None, 2**60 + 1, 52]),
        pa.array([1, 255, None, 52], pa.uint8()),
        pa.array([True, False, None, True]),
        pa.array([None] * 4),
        pa.array([1.5, None, 52.25, 60.0], pa.float32()),
        pa.array(["52", None, "x", ""], pa.large_string()),
        pa.array([[1], None, [], [2, 3]]),
    ],
    ids=lambda array: str(array.type),
)
def test_columns_of_other_types_are_read_as_cell_by_cell_too(kaggle, array):
    plain = example_file(kaggle, n_rows=4)
    for place in range(len(plain.header)):
        part = plain.part().set_column(place, f"c{place}", array)
        cells = [array.to_pylist() if p == place else of for p, of in enumerate(plain.cells)]
        outcomes = read_slowly(kaggle, File(plain.header, tuple(cells)), "agelens")

        assert_same(kaggle, BatchReader(kaggle, plain.header).read(part), outcomes)


def test_many_plain_rows_are_not_read_one_by_one(mortality, monkeypatch):
    file = example_file(mortality, n_rows=1000)
    reader = BatchReader(mortality, file.header)
    monkeypatch.setattr(reader._cell_parser, "cells", None)

    assert len(reader.read(file.part()).rows) == 1000


def test_what_many_rows_lack_is_worded_once(mortality, monkeypatch):
    file = example_file(mortality, n_rows=1000)
    place = file.header.index("sex")
    blank = File(
        file.header, tuple([""] * 1000 if p == place else c for p, c in enumerate(file.cells))
    )
    reader, n_worded = BatchReader(mortality, file.header), []
    lacking = reader._cell_parser.lacking
    monkeypatch.setattr(
        reader._cell_parser, "lacking", lambda *row: n_worded.append(row) or lacking(*row)
    )

    batch = reader.read(blank.part())

    assert len(batch.errors) == 1000
    assert len(n_worded) == 1
    assert [p.message for p in batch.errors[999]] == ["is required by this clock"]


def test_a_row_at_fault_keeps_its_place_and_its_words(mortality):
    file = example_file(mortality, n_rows=3)

    batch = BatchReader(mortality, file.header).read(file.part([None, "is a blank line", None]))

    assert batch.n_rows == 3
    assert batch.rows.tolist() == [0, 2]
    assert [(p.field, p.message) for p in batch.errors[1]] == [("row", "is a blank line")]
    assert len(batch.table) == 2


def test_a_part_without_any_readable_row_is_read(mortality):
    file = example_file(mortality, n_rows=2)

    batch = BatchReader(mortality, file.header).read(file.part(["is a blank line"] * 2))

    assert len(batch.table) == 0
    assert list(batch.errors) == [0, 1]


def test_a_part_in_several_chunks_is_one_part(mortality):
    file = example_file(mortality, n_rows=2)
    part = file.part()

    batch = BatchReader(mortality, file.header).read(pa.concat_tables([part, part]))

    assert batch.rows.tolist() == [0, 1, 2, 3]
    assert same_numbers(batch.table.chronological_age, np.full(4, 52.0))
