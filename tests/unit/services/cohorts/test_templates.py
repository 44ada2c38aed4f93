"""The file to begin with is really scored, whatever clock and whoever's names."""

import csv
import io

import pytest
from agelens.clocks.applicability import HARDLY_MEASURED
from agelens.clocks.batches import score_batch
from agelens.clocks.bundles import SHIPPED, find_clock
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import InvalidInput
from agelens.domain.registry import DATA_SETS, example_age
from agelens.services.cohorts import ingestion
from agelens.services.cohorts.templates import template
from agelens.tables.batch_reader import BatchReader

CLOCKS = {name: find_clock(name) for name in sorted({d.parent.name for d in SHIPPED})}
# the Kaggle file has no blood count and no liver values, so only its own clock can do with it
TOO_LITTLE = {(name, "kaggle") for name in CLOCKS if name != "kaggle-age"}
TOO_LITTLE.add(("bortz", "bioage-r"))  # 14 of its 25 markers, and it needs 16


@pytest.mark.parametrize("columns", DATA_SETS)
@pytest.mark.parametrize("name", CLOCKS)
def test_every_template_is_scored_as_the_example_person_or_refused(files, take, name, columns):
    clock = CLOCKS[name]
    if (name, columns) in TOO_LITTLE:
        with pytest.raises(InvalidInput, match=rf"columns: {columns} has too little.*needs"):
            template(clock, columns)
        return
    taken = take(template(clock, columns).encode())
    reader = BatchReader(clock, taken.header, columns=columns)
    assert all(match.features for match in reader.matches)
    answered = {key for match in reader.matches for key in match.features}
    batch = reader.read(ingestion.read_part(files, "one", 0))
    (row,) = score_batch(clock, batch, first_row=1)[0].to_pylist()
    # the other data set has few of the columns of kaggle-age
    few = HARDLY_MEASURED if (name, columns) == ("kaggle-age", "bioage-r") else None
    assert (row["error"], row["warnings"]) == (None, few)
    examples = {f.key: f.example for f in clock.manifest.features if f.key in answered}
    person = read_panel_for(clock, examples, None, example_age())
    # cells have four digits, so mg/dL are not to the last bit what mmol/L were
    assert row["prediction"] == pytest.approx(predict(clock, person)["prediction"], abs=0.01)


def test_informative_columns_come_first():
    header, _ = csv.reader(io.StringIO(template(CLOCKS["kaggle-age"], "agelens")))
    informative = CLOCKS["kaggle-age"].manifest.informative
    assert set(header[: len(informative)]) == set(informative)
    assert "chronological_age" not in header


def test_the_age_is_there_when_the_clock_needs_it():
    header, cells = csv.reader(io.StringIO(template(CLOCKS["phenoage"], "bioage-r")))
    assert dict(zip(header, cells, strict=True))["age"] == "52"


def test_cells_are_written_as_the_data_set_writes_them():
    kaggle = csv.DictReader(io.StringIO(template(CLOCKS["kaggle-age"], "kaggle")))
    (row,) = kaggle
    assert row["Blood Pressure (s/d)"] == "150/94"
    assert row["Cholesterol Level (mg/dL)"] == "247.5"  # 6.4 mmol/L / 0.02586
    (row,) = csv.DictReader(io.StringIO(template(CLOCKS["kdm"], "bioage-r")))
    assert row["gender"] == "2"


def test_nobody_elses_names_are_known():
    with pytest.raises(InvalidInput, match="must be one of: agelens, kaggle, bioage-r"):
        template(CLOCKS["kdm"], "spss")
