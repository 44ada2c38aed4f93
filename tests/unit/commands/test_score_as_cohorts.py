"""`agelens score` and a cohort read the same file: every cell of the answers is the same."""

import json
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet
import pytest
from agelens.clocks.batches import score_batch
from agelens.clocks.bundles import find_clock
from agelens.services.cohorts import ingestion
from agelens.storage.files import Files
from agelens.tables.reader import reader_of
from scored_files import scored

CLOCK = find_clock("phenoage")
NAMES = [f.key for f in CLOCK.manifest.features]
PERSON = {f.key: f.example for f in CLOCK.manifest.features} | {"chronological_age": 50}
HOW = {"mapping": {"Age": "chronological_age"}, "units": {"glucose": "mg/dL"}}
ODD = ["", "NA", "nan", "abc", "1e400", "4,2", "5 ", " 90", "-1", "None", "1_0", "<0.3", "é", "0"]


def messy_rows(n=200):
    """Rows in which one cell after the other is odd."""
    rows = []
    for place in range(n):
        row = {"note": f'said "{place}"; and more'} | PERSON | {"glucose": 90 + place % 7}
        row["Age"] = row.pop("chronological_age") + place % 40
        if place % 3 == 0:
            row[[*NAMES, "Age"][place % (len(NAMES) + 1)]] = ODD[place % len(ODD)]
        rows.append(row)
    return rows


def as_csv(delimiter, comma="."):
    def cell(value):
        text = str(value)
        text = text.replace(".", comma) if isinstance(value, float) else text
        quoted = any(c in text for c in f'"\n{delimiter}')
        return '"' + text.replace('"', '""') + '"' if quoted else text

    rows = messy_rows()
    lines = [delimiter.join(rows[0])] + [delimiter.join(map(cell, row.values())) for row in rows]
    lines[3:3] = ["", delimiter, "a" + delimiter * 3]
    return "\r\n".join(lines).encode() + b"\n\n"


def as_json(form):
    rows = [{k: v for k, v in row.items() if v != ""} for row in messy_rows()]
    rows[5] |= {"late": 1, "albumin": None, "crp": [1, 2]}
    rows[7] |= {"glucose": True, "note": 2**70}
    if form == "lines":
        return b"\n".join(json.dumps(row).encode() for row in rows) + b"\n\n[1]\nnothing\n"
    return json.dumps({"rows": [*rows, 3]} if form == "rows" else rows).encode()


def as_parquet(tmp_path):
    rows = [row for row in messy_rows() if all(not isinstance(row[k], str) for k in ("crp", "Age"))]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    columns = {
        k: list(map(str, v)) if any(isinstance(x, str) for x in v) else v
        for k, v in columns.items()
    }
    table = pa.table(columns)
    table = table.set_column(table.column_names.index("crp"), "crp", pa.array(
        [Decimal(str(round(float(v), 3))) for v in columns["crp"]], pa.decimal128(20, 3)))  # fmt: skip
    for name in ("albumin", "note"):
        place = table.column_names.index(name)
        table = table.set_column(place, name, table[name].cast(pa.string()).dictionary_encode())
    table = table.append_column("day", pa.array([date(2020, 1, 2)] * len(table)))
    pyarrow.parquet.write_table(table, tmp_path / "made.parquet", row_group_size=37)
    return (tmp_path / "made.parquet").read_bytes()


def by_cohort(folder, path, format):
    """The answers of a cohort's worker, part after part."""
    files = Files(str(folder / "storage"))
    with path.open("rb") as content:
        taken = ingestion.store_upload(files, "one", content, format, most_rows=10**6)
    cohort = SimpleNamespace(
        header=taken.header, columns="agelens", id_column="note", values={}, censored=None, **HOW
    )
    reader, tables, row = reader_of(CLOCK, cohort), [], 1
    for part in ingestion.parts(files, "one", taken.n_parts):
        table, _ = score_batch(CLOCK, reader.read(part), first_row=row)
        tables.append(table.drop_columns("error_fields"))
        row += len(part)
    return pa.concat_tables(tables)


@pytest.mark.parametrize(
    ("name", "format", "make"),
    [
        ("people.csv", "csv", lambda _: as_csv(",")),
        ("people.csv", "csv", lambda _: as_csv(";", ",")),
        ("people.tsv", "csv", lambda _: as_csv("\t")),
        ("people.txt", "csv", lambda _: as_csv("|")),
        ("people.json", "json", lambda _: as_json("rows")),
        ("people.json", "json", lambda _: as_json("array")),
        ("people.ndjson", "ndjson", lambda _: as_json("lines")),
        ("people.parquet", "parquet", as_parquet),
    ],
)
def test_every_cell_is_the_same(tmp_path, name, format, make):
    path = tmp_path / name
    path.write_bytes(make(tmp_path))
    ours = scored(path, CLOCK, "agelens", id_column="note", **HOW)
    theirs = by_cohort(tmp_path, path, format)
    assert ours.column_names == theirs.column_names
    for column in ours.column_names:
        assert ours[column].to_pylist() == theirs[column].to_pylist(), column
    assert 50 < ours["error"].null_count < len(ours)
