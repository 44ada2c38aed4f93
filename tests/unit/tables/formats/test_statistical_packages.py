"""Files of Stata, SPSS and SAS: labels are text, codes without one stay, dates are ISO."""

import datetime
import io
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.files import open_people
from agelens.tables.formats.opening import format_of

LABELS = {"sex": {1: "male", 2: "female"}}
PEOPLE = pd.DataFrame(
    {
        "id": ["-5", "007", "Zoë"],
        "age": [52.0, 80.0, None],
        "sex": [2, 1, 1],
        "drawn": [datetime.date(2024, 3, 1)] * 3,
    }
)
ROWS = [
    ["-5", 52.0, "female", "2024-03-01"],
    ["007", 80.0, "male", "2024-03-01"],
    ["Zoë", None, "male", "2024-03-01"],
]


def read(path: Path, name: str | None = None):
    with (
        path.open("rb") as stream,
        open_people(stream, format_of(name or path.name, stream)) as people,
    ):
        tables = [part.drop_columns(["fault"]) for part in people.parts()]
        rows = [list(row.values()) for table in tables for row in table.to_pylist()]
        return list(people.header), rows


def written(path: Path, people: pd.DataFrame = PEOPLE, **how: object) -> Path:
    write = {
        ".dta": pyreadstat.write_dta,
        ".sav": pyreadstat.write_sav,
        ".zsav": lambda *of, **how: pyreadstat.write_sav(*of, compress=True, **how),
        ".por": pyreadstat.write_por,
        ".xpt": pyreadstat.write_xport,
    }[path.suffix]
    write(people, str(path), **how)
    return path


@pytest.mark.parametrize("ending", [".dta", ".sav", ".zsav"])
def test_labels_of_values_are_their_text(tmp_path, ending):
    path = written(tmp_path / f"people{ending}", variable_value_labels=LABELS)
    assert read(path) == (list(PEOPLE.columns), ROWS)
    assert read(path, "-") == (list(PEOPLE.columns), ROWS), "by its content"


def test_a_label_that_only_remarks_on_its_number_leaves_it(tmp_path):
    labels = {**LABELS, "age": {80: "80 years and over", 999: "refused"}}
    people = PEOPLE.assign(age=[80.0, 999.0, 41.5])
    path = written(tmp_path / "people.sav", people, variable_value_labels=labels)
    assert [row[1] for row in read(path)[1]] == ["80", "refused", "41.5"]


@pytest.mark.parametrize("ending", [".por", ".xpt"])
def test_old_formats_have_codes(tmp_path, ending):
    people = PEOPLE.assign(id=["-5", "007", "Zoe"])
    header, rows = read(written(tmp_path / f"people{ending}", people))
    assert [name.lower() for name in header] == list(PEOPLE.columns)
    assert rows == [
        ["-5", 52.0, 2.0, "2024-03-01"],
        ["007", 80.0, 1.0, "2024-03-01"],
        ["Zoe", None, 1.0, "2024-03-01"],
    ]


def test_a_file_is_read_in_chunks_that_follow_each_other(tmp_path, monkeypatch):
    from agelens.tables.formats.decoders import Task, statistical_packages

    people = pd.DataFrame({"age": range(23)})
    path = written(tmp_path / "people.dta", people)
    monkeypatch.setattr(statistical_packages, "CHUNK_CELLS", 10)
    monkeypatch.setattr(statistical_packages, "_ITSELF", str(path))
    with path.open("rb") as stream:
        tables = list(statistical_packages.decode(stream, Task("stata", 4, 10**9), 10**6).tables)
    assert [value for table in tables for value in table["c0"].to_pylist()] == list(range(23))
    assert max(map(len, tables)) == 4


@pytest.mark.parametrize("ending", [".dta", ".sav", ".zsav", ".por", ".xpt"])
def test_a_broken_file_is_an_error_in_words_or_the_rows_before_its_end(tmp_path, ending):
    people = pd.concat([PEOPLE.assign(id="a")] * 200, ignore_index=True)
    content = written(tmp_path / f"people{ending}", people).read_bytes()
    for end in (60, len(content) // 3, len(content) // 2):
        stream = io.BytesIO(content[:end])
        with suppress(InvalidInput), open_people(stream, ending_format(ending)) as some:
            assert sum(map(len, some.parts())) < 600


def ending_format(ending: str) -> str:
    return {".dta": "stata", ".xpt": "sas"}.get(ending, "spss")
