"""Nobody who was examined for a survey, or is in the training data, is refused as impossible."""

import pytest
from agelens.clocks.applicability import age_refusal
from agelens.domain.features import Target, feature
from agelens.domain.registry import biomarkers
from agelens.domain.single_answer import NotUsable, read_answer
from agelens.tables.batch_reader import BatchReader
from agelens.tables.frames import open_frame
from pyarrow import csv, parquet
from shared_files import shared_file
from shipped_clocks import CLOCKS, shipped_clock

FILES = {
    "nhanes3.parquet": "bioage-r",
    "nhanes4_dev.parquet": "bioage-r",
    "kaggle_train.csv": "kaggle",
}
LACKS = ("is required by this clock", "needs ")
TOO_FEW_COLUMNS = ("bortz",)  # NHANES has 14 of its 25 markers, so none of its rows can be read


def people_of(name):
    path = shared_file(name)
    return csv.read_csv(path) if path.suffix == ".csv" else parquet.read_table(path)


@pytest.mark.parametrize("name", FILES)
def test_every_value_of_every_biomarker_is_accepted(name):
    people, refused, n_values = people_of(name), {}, 0
    for key, biomarker in biomarkers().items():
        for alias in biomarker.aliases:
            if alias.columns != FILES[name] or alias.name not in people.column_names:
                continue
            values = people[alias.name].drop_null().unique().to_pylist()
            for value in values:
                n_values += 1
                try:
                    read_answer(Target(feature(key), alias), value, None)
                except NotUsable as error:
                    refused[alias.name, value] = str(error)
    assert refused == {}
    assert n_values > 1000


@pytest.mark.parametrize(
    ("name", "clock_name"),
    [
        (n, c)
        for n in FILES
        for c in CLOCKS
        if (c == "kaggle-age") == (FILES[n] == "kaggle") and c not in TOO_FEW_COLUMNS
    ],
)
def test_rows_are_refused_for_what_they_lack_only(name, clock_name):
    clock, people = shipped_clock(clock_name), people_of(name)
    reader = BatchReader(clock, people.column_names, columns=FILES[name])
    fine = (*LACKS, age_refusal(clock.ages)) if clock.ages else LACKS
    complaints, n_read = set(), 0
    for part in open_frame(people).parts(range(people.num_columns)):
        batch = reader.read(part)
        n_read += len(batch.table)
        problems = [each for row in batch.errors.values() for each in row]
        complaints |= {(p.field, p.message) for p in problems if not p.message.startswith(fine)}
        complaints |= {
            note
            for notes in batch.warnings.values()
            for note in notes
            if "counts as missing" in note
        }
    assert complaints == set()
    assert n_read > 0.4 * people.num_rows
