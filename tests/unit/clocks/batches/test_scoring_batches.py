"""The rows of a part's results are what the API would answer about each person."""

import json

import numpy as np
import pyarrow as pa
import pytest
from agelens.clocks.batches import failed_rows, score_batch
from agelens.clocks.scoring import predict_all
from agelens.domain.errors import ScoringError
from agelens.tables.batch_reader import BatchReader
from batch_files import (
    ODD_TEXT,
    File,
    example_file,
    names_of,
    odd_numbers,
    panels_of,
    read_slowly,
)

AGES = ["19", "20", "34.5", "90", "52", "", "NA", "x", "17.9", "89.99"]


def people(clock):
    """Rows of which each has one or two cells that are not plain, and some that have none."""
    names = names_of(clock.manifest.features, "agelens")
    rng = np.random.default_rng(1)
    n_rows = 120
    plain = example_file(clock, n_rows=n_rows)
    cells = [list(column) for column in plain.cells]
    for row in range(10, n_rows):
        for place in rng.integers(len(names), size=rng.integers(1, 3)):
            f, alias = names[plain.header[place]]
            odd = [*ODD_TEXT, *(repr(each) for each in odd_numbers(f, alias) if each is not None)]
            usual = [""] if rng.random() < 0.5 else odd
            cells[place][row] = usual[rng.integers(len(usual))]
        if row % 4 == 0:
            cells[-1][row] = AGES[rng.integers(len(AGES))]
    return File(plain.header, tuple(cells))


def test_every_row_has_the_numbers_and_words_that_the_person_would_get(any_clock):
    file = people(any_clock)
    outcomes = read_slowly(any_clock, file, "agelens")
    panels = panels_of(outcomes)
    expected = dict(zip(panels, predict_all(any_clock, list(panels.values())), strict=True))

    batch = BatchReader(any_clock, file.header).read(file.part())
    table, _ = score_batch(any_clock, batch, first_row=1)

    assert table["row"].to_pylist() == list(range(1, file.n_rows + 1))
    assert 10 < len(panels) < file.n_rows
    for place, row in enumerate(table.to_pylist()):
        if place in expected:
            assert_is(row, expected[place])
        else:
            words = [f"{p.field} {p.message}" for p in outcomes[place]]
            assert row["error"] == "; ".join(w.removeprefix("answers ") for w in words)
            assert_empty(row)


def assert_is(row, result):
    assert not isinstance(result, ScoringError)
    interval, gap = result["interval"], result["age_gap"]
    given = {c["feature"]: c["years"] for c in result["contributions"]}
    told = {key.partition(":")[2]: row[key] for key in row if key.startswith("contribution:")}
    derived = {key.partition(":")[2]: row[key] for key in row if key.startswith("derived:")}
    assert row["error"] is None
    assert row["prediction"] == result["prediction"]
    assert row["base_value"] == result["base_value"]
    assert (row["interval_low"], row["interval_high"]) == (
        (interval["low"], interval["high"]) if interval else (None, None)
    )
    assert {key: told[key] for key in given} == given
    assert not any(told[key] for key in set(told) - set(given))
    assert {k: v for k, v in derived.items() if v is not None} == result["derived"]
    assert row["warnings"] == ("; ".join(result["warnings"]) or None)
    if "age_gap" in row:
        names = {
            "age_gap": "raw",
            "age_gap_adjusted": "adjusted",
            "age_gap_percentile": "percentile",
        }
        assert {name: row[name] for name in names} == {
            name: gap and gap[key] for name, key in names.items()
        }
    else:
        assert gap is None


def assert_empty(row):
    told = ("row", "id", "error", "error_fields", "clock", "clock_version")
    assert all(cell is None for name, cell in row.items() if name not in told)


def test_only_a_clock_of_years_has_age_gaps_and_derived_numbers_have_columns_of_their_own(
    any_clock,
):
    file = example_file(any_clock)
    batch = BatchReader(any_clock, file.header).read(file.part())
    table, _ = score_batch(any_clock, batch, first_row=1)

    assert ("age_gap" in table.column_names) == (any_clock.manifest.unit == "years")
    assert ("derived:log_hd" in table.column_names) == (any_clock.manifest.name == "dysregulation")
    assert "id" not in table.column_names


def test_rows_are_numbered_on_from_the_parts_first(mortality):
    file = example_file(mortality, n_rows=3)
    batch = BatchReader(mortality, file.header).read(file.part())

    assert score_batch(mortality, batch, first_row=10_001)[0]["row"].to_pylist() == [
        10_001,
        10_002,
        10_003,
    ]


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        (["a7", "", None], ["a7", "", None]),
        ([7.0, 1e15, None], ["7", "1000000000000000", None]),
        ([7.5, 2.0, 1e300], ["7.5", "2", str(int(1e300))]),
        ([7.0, 8.0, -1.0], ["7", "8", "-1"]),
    ],
)
def test_the_id_column_is_handed_on_as_text_whatever_it_was(mortality, cells, shown):
    plain = example_file(mortality, n_rows=3)
    file = File((*plain.header, "SEQN"), (*plain.cells, cells))

    batch = BatchReader(mortality, file.header, id_column="seqn").read(file.part())

    assert score_batch(mortality, batch, first_row=1)[0]["id"].to_pylist() == shown


def test_what_is_wrong_is_told_by_the_column_that_was_sent(mortality):
    plain = example_file(mortality, "bioage-r", n_rows=3, as_text=False)
    header = tuple("lncrp" if name == "crp" else name for name in plain.header)
    wrong = {"lncrp": [9.0, 1.0, 9.0], "gender": [1.0, 3.0, 1.0], "age": [52.0, 52.0, 400.0]}
    cells = [wrong.get(name, of) for name, of in zip(header, plain.cells, strict=True)]
    reader = BatchReader(mortality, header, columns="bioage-r")
    batch = reader.read(File(header, tuple(cells)).part())

    table, tally = score_batch(mortality, batch, first_row=1)

    crp = "lncrp (crp) must be between 0 and 100 mg/dL"
    first, second, third = table["error"].to_pylist()
    assert first == crp
    assert second == "gender (sex) must be one of: 1 (male), 2 (female); not 3"
    assert third.endswith("; age (chronological_age) must be between 0 and 130 years")
    assert table["error_fields"].to_pylist() == ["crp", "sex", "crp,chronological_age"]
    assert third.startswith(crp)
    assert tally["errors"][crp] == 2


def test_a_column_of_the_features_own_name_is_named_once_however_it_is_spelled(mortality):
    plain = example_file(mortality, n_rows=1)
    header = tuple(name.upper() for name in plain.header)
    cells = [["x"] if name == "SEX" else of for name, of in zip(header, plain.cells, strict=True)]
    batch = BatchReader(mortality, header).read(File(header, tuple(cells)).part())
    (error,) = score_batch(mortality, batch, first_row=1)[0]["error"].to_pylist()
    assert error == 'sex must be one of: female, male; not "x"'


def test_a_part_that_was_given_up_has_the_same_columns_and_the_reason_in_every_row(any_clock):
    plain = example_file(any_clock, n_rows=2)
    file = File((*plain.header, "who"), (*plain.cells, ["a", "b"]))
    batch = BatchReader(any_clock, file.header, id_column="who").read(file.part())
    scored, _ = score_batch(any_clock, batch, first_row=1)

    table, tally = failed_rows(any_clock, 2, 3, "the worker was lost", pa.array(["c", "d"]))

    assert table.schema == scored.schema
    assert table["row"].to_pylist() == [3, 4]
    assert table["id"].to_pylist() == ["c", "d"]
    assert table["error"].to_pylist() == ["the worker was lost"] * 2
    assert table["error_fields"].null_count == 2
    assert (tally["rows"], tally["scored"]) == (2, 0)
    assert tally["errors"] == {"the worker was lost": 2}
    for row in table.to_pylist():
        assert_empty(row)


def test_an_explanation_that_does_not_add_up_is_an_error_of_its_row(mortality, monkeypatch):
    file = example_file(mortality, n_rows=3)
    honest = mortality.score

    def wrong(table):
        scores = honest(table)
        scores.prediction[1] += 1e-3
        return scores

    monkeypatch.setattr(mortality, "score", wrong)
    batch = BatchReader(mortality, file.header).read(file.part())
    table, tally = score_batch(mortality, batch, first_row=1)

    assert table["error"].to_pylist() == [None, "The explanation does not add up", None]
    assert_empty(table.to_pylist()[1])
    assert tally["scored"] == 2


def test_a_tally_is_plain_json_and_small(mortality):
    file = example_file(mortality, n_rows=2000, as_text=False)
    spread = np.random.default_rng(0).uniform(20, 90, size=2000).tolist()
    file = File(file.header, (*file.cells[:-1], spread))
    batch = BatchReader(mortality, file.header).read(file.part())
    _, tally = score_batch(mortality, batch, first_row=1)

    written = json.dumps(tally, allow_nan=False)
    assert json.loads(written) == tally
    assert len(written) < 30_000
