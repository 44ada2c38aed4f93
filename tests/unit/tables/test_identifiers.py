"""Who the rows are: to the letter, or not at all."""

import pyarrow as pa
import pytest
from agelens.tables.batch_reader import BatchReader
from agelens.tables.identifiers import texts_of, with_control_characters
from batch_files import example_file


def read(clock, ids, faults=None):
    """The batch of example people with these identifiers."""
    file = example_file(clock, n_rows=len(ids))
    part = file.part(faults)
    names = [*part.column_names[:-1], f"c{len(file.header)}", part.column_names[-1]]
    columns = [*part.columns[:-1], pa.array(ids), part.columns[-1]]
    reader = BatchReader(clock, [*file.header, "patient"], id_column="patient")
    whole = pa.table(columns, names=names)
    return reader.read(whole), reader.ids(whole)


@pytest.mark.parametrize(
    "text",
    [
        "\t",
        "P\n1",
        "1\r",
        "\x00",
        "a\x7f",
        "\x85",
        "P\u2028",
        "\u202ae",
        "x\u202e",
        "\u2066",
        "\u2069y",
    ],
)
def test_one_with_a_control_character_is_its_rows_error(mortality, text):
    batch, ids = read(mortality, ["P-1", text, None])

    assert batch.ids.to_pylist() == ids.to_pylist() == ["P-1", None, None]
    assert batch.rows.tolist() == [0, 2]
    assert "control characters" in batch.error_text(1)
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    assert batch.error_text(1).endswith(f'"{shown}"')


@pytest.mark.parametrize("text", ["-5", "+49", " P 1 ", "=1", "é", "\u200d", "١", "'", '"'])
def test_any_other_is_kept_to_the_letter(mortality, text):
    batch, _ = read(mortality, [text, "P-1"])

    assert batch.ids.to_pylist() == [text, "P-1"]
    assert not batch.errors


def test_a_row_that_is_none_keeps_its_reason(mortality):
    batch, _ = read(mortality, ["P-1", "\t"], [None, "is a blank line"])

    assert batch.error_text(1) == "row is a blank line"


def test_numbers_are_identifiers_without_a_point():
    assert texts_of(pa.array([1.0, 20.0])).to_pylist() == ["1", "20"]


def test_a_slice_is_looked_at_alone():
    ids = pa.array(["\t", "a", None, "é", "b\n"])
    assert with_control_characters(ids.slice(1, 3)).tolist() == []
    assert with_control_characters(ids.slice(3)).tolist() == [1]
    assert with_control_characters(ids.slice(0, 0)).tolist() == []
    assert with_control_characters(pa.nulls(2, pa.string())).tolist() == []
