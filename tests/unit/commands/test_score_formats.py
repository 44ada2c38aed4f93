"""`agelens score` takes every kind of file, says how it read it, and answers as a workbook, too."""

import csv
import gzip
import io

import pyarrow as pa
import pytest
from agelens.cli import cli
from agelens.domain.errors import InvalidInput
from click.testing import CliRunner
from foreign_files import packed, xlsx
from python_calamine import CalamineWorkbook

HEADER = [
    *("patient", "chronological_age", "sex", "albumin", "creatinine", "glucose", "crp"),
    *("lymphocytes", "mean_cell_volume", "red_cell_width", "alkaline_phosphatase", "white_cells"),
    "comment",
]
ADA = ["-5", 52, "female", 44, 70, 5.1, 1.2, 32, 90, 12.9, 62, 5.8, "=1+1"]
BEN = ["007", 67, "male", 41, 95, 6.4, 4.0, 24, 93, 14.1, 85, 7.9, ""]


def as_csv(*above: str) -> bytes:
    lines = [",".join(map(str, cells)) for cells in (HEADER, ADA, BEN)]
    return "\n".join([*above, *lines, ""]).encode()


def score(*options: object, sent: bytes | None = None):
    given = ["score", "--clock", "phenoage", *map(str, options)]
    return CliRunner().invoke(cli, given, input=sent)


def ages(text: str) -> list[float]:
    return [float(row["prediction"]) for row in csv.DictReader(io.StringIO(text))]


@pytest.fixture
def expected() -> list[float]:
    return ages(score("-", sent=as_csv()).stdout)


FILES = {
    "people.xlsx": lambda: xlsx(People=[HEADER, ADA, BEN]),
    "people.csv.gz": lambda: gzip.compress(as_csv()),
    "people.zip": lambda: packed({"people.csv": as_csv()}),
    "people.txt": lambda: as_csv().decode().replace(",", "\t").encode("utf-16"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_any_kind_gives_the_same_ages_also_through_a_pipe(tmp_path, name, expected):
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    assert ages(score(path).stdout) == expected
    assert ages(score("-", sent=path.read_bytes()).stdout) == expected


def test_how_a_file_was_read_is_said_on_standard_error(tmp_path):
    done = score("-", sent=as_csv("Export", "", "").replace(b"007", b"Zo\xeb"))
    assert done.exit_code == 0
    assert "read as Windows-1252" in done.stderr
    assert 'the columns are named in row 4: "patient, chronological_age, ' in done.stderr


def test_sheet_and_header_row_are_options(tmp_path, expected):
    path = tmp_path / "people.xlsx"
    people = [["age", "sex", "x"], HEADER, ADA, BEN]
    path.write_bytes(xlsx(Old=[HEADER, BEN], New=people))
    refused = score(path)
    assert refused.exit_code == 1
    assert "people in several sheets; say which to read: Old, New" in refused.stderr
    assert ages(score(path, "--sheet", "New", "--header-row", 2).stdout) == expected


def test_what_was_taken_for_the_header_is_quoted_when_nothing_of_it_is_known():
    done = score("-", sent=b"My patients of 2024\n1\n2\n")
    assert done.exit_code == 2
    assert 'its header is read as "My patients of 2024"' in done.stderr


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_workbook_of_answers_has_the_columns_of_the_file_before_them(tmp_path, kind, expected):
    path, out = tmp_path / f"people.{kind}", tmp_path / "ages.xlsx"
    path.write_bytes(xlsx(P=[HEADER, ADA, BEN]) if kind == "xlsx" else as_csv())
    assert score(path, "--id", "patient", "-o", out).exit_code == 0
    header, *rows = CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
    assert header[: len(HEADER) + 3] == [*HEADER, "row", "id", "prediction"]
    # an identifier in text is written as the number that it is, unless it is no plain one
    assert [row[0] for row in rows] == [-5, "007"]
    assert [row[1:12] for row in rows] == [ADA[1:12], BEN[1:12]]
    assert [row[12] for row in rows] == ["=1+1", ""]
    place = len(HEADER)
    assert [row[place : place + 3] for row in rows] == [
        [1, "-5", expected[0]],
        [2, "007", expected[1]],
    ]


def test_with_several_clocks_the_own_columns_are_repeated(tmp_path):
    out = tmp_path / "ages.xlsx"
    (tmp_path / "people.csv").write_bytes(as_csv())
    assert score(tmp_path / "people.csv", "--clock", "dysregulation", "-o", out).exit_code == 0
    header, *rows = CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows] == [52, 52, 67, 67]
    assert [row[header.index("clock")] for row in rows] == ["phenoage", "dysregulation"] * 2


def test_more_rows_than_a_sheet_holds_are_an_error(monkeypatch):
    from agelens.tables.formats import workbook_writing

    monkeypatch.setattr(workbook_writing, "MOST_ROWS", 1)
    table = pa.table({"a": [1, 2]})
    with pytest.raises(InvalidInput, match="a sheet holds 1 rows at most; choose CSV or Parquet"):
        list(workbook_writing.workbook(iter([table]), _outbox()))


def _outbox():
    from agelens.tables.formats.encoding import Outbox

    return Outbox()
