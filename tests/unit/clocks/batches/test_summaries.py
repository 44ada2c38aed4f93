import json

import numpy as np
import pyarrow as pa
import pytest
from agelens.clocks.batches import failed_rows, score_batch, summary_of
from agelens.tables.batch_reader import BatchReader
from batch_files import File, example_file


@pytest.fixture(scope="module")
def cohort(mortality):
    """500 people; some without glucose, one with text in a cell, a blank line."""
    rng = np.random.default_rng(3)
    plain = example_file(mortality, n_rows=500)
    cells = [list(column) for column in plain.cells]
    cells[-1] = [f"{age:.2f}" for age in rng.uniform(20, 90, size=500)]
    sex, glucose = (plain.header.index(key) for key in ("sex", "glucose"))
    cells[sex] = rng.choice(["male", "female"], size=500).tolist()
    cells[glucose] = [f"{each:.2f}" for each in rng.uniform(4, 9, size=500)]
    cells[glucose][3:8] = [""] * 5
    cells[sex][8:10] = ["x", "y"]
    return File(plain.header, tuple(cells)), [*[None] * 499, "is a blank line"]


def scored(clock, file, faults, n_parts):
    reader = BatchReader(clock, file.header)
    whole = file.part(faults)
    size = -(-whole.num_rows // n_parts)
    tables, tallies = [], []
    for start in range(0, whole.num_rows, size):
        batch = reader.read(whole.slice(start, size))
        table, tally = score_batch(clock, batch, first_row=start + 1)
        tables.append(table)
        tallies.append(json.loads(json.dumps(tally)))  # as a database gives it back
    return pa.concat_tables(tables), tallies


def test_the_figures_are_those_of_the_result_rows(mortality, cohort):
    table, tallies = scored(mortality, *cohort, n_parts=4)
    summary = summary_of(mortality.manifest, tallies)
    ages = table["prediction"].drop_null().to_numpy()
    told = summary["prediction"]

    assert (summary["rows"], summary["scored"], summary["failed"]) == (500, 497, 3)
    assert summary["unit"] == "years"
    assert told["mean"] == pytest.approx(ages.mean(), abs=1e-9)
    assert told["sd"] == pytest.approx(ages.std(ddof=1), abs=1e-9)
    assert (told["min"], told["max"]) == (ages.min(), ages.max())
    for name, percent in {"p5": 5, "p25": 25, "median": 50, "p75": 75, "p95": 95}.items():
        assert told[name] == pytest.approx(np.percentile(ages, percent), abs=0.05)


def test_the_histogram_counts_every_scored_row_in_its_bar(mortality, cohort):
    table, tallies = scored(mortality, *cohort, n_parts=3)
    bars = summary_of(mortality.manifest, tallies)["histogram"]
    ages = table["prediction"].drop_null().to_numpy()
    edges = bars["start"] + bars["width"] * np.arange(len(bars["counts"]) + 1)

    assert bars["counts"] == np.histogram(ages, edges)[0].tolist()
    assert sum(bars["counts"]) == 497
    assert 10 < len(bars["counts"]) <= 51
    assert bars["counts"][0] > 0
    assert bars["counts"][-1] > 0


def test_gaps_are_told_by_sex_and_decade_of_age(mortality, cohort):
    file, faults = cohort
    table, tallies = scored(mortality, file, faults, n_parts=5)
    told = summary_of(mortality.manifest, tallies)["age_gap"]
    gap = table["age_gap"].to_numpy(zero_copy_only=False)
    known = ~np.isnan(gap)
    age = np.array(file.cells[-1], dtype=float)
    sex = np.array(file.cells[file.header.index("sex")])

    assert told["mean"] == pytest.approx(gap[known].mean(), abs=1e-9)
    assert told["sd"] == pytest.approx(gap[known].std(ddof=1), abs=1e-9)
    assert sum(group["n"] for group in told["groups"]) == 497
    assert [(g["sex"], g["age_from"]) for g in told["groups"]] == [
        (each, decade) for each in ("female", "male") for decade in range(20, 90, 10)
    ]
    for group in told["groups"]:
        decade = (age >= group["age_from"]) & (age < group["age_to"])
        here = gap[known & decade & (sex == group["sex"])]
        assert group["n"] == len(here)
        assert group["mean"] == pytest.approx(here.mean(), abs=1e-9)
        assert group["sd"] == pytest.approx(here.std(ddof=1), abs=1e-9)


def test_the_largest_factors_come_first(mortality, cohort):
    table, tallies = scored(mortality, *cohort, n_parts=2)
    told = summary_of(mortality.manifest, tallies)["top_factors"]

    assert [each["mean_absolute"] for each in told] == sorted(
        (each["mean_absolute"] for each in told), reverse=True
    )
    for each in told:
        years = table[f"contribution:{each['feature']}"].drop_null().to_numpy()
        assert each["mean_absolute"] == pytest.approx(np.abs(years).mean(), abs=1e-9)
        assert each["mean"] == pytest.approx(years.mean(), abs=1e-9)
    assert {each["label"] for each in told if each["feature"] == "glucose"} == {"Blood glucose"}


def test_errors_are_counted_by_reason_whatever_the_cells_said_and_missing_answers_too(
    mortality, cohort
):
    _, tallies = scored(mortality, *cohort, n_parts=2)
    summary = summary_of(mortality.manifest, tallies)

    assert summary["errors"] == [
        {"reason": "sex must be one of: female, male", "rows": 2},
        {"reason": "row is a blank line", "rows": 1},
    ]
    assert summary["missing"] == [{"feature": "glucose", "label": "Blood glucose", "rows": 5}]
    assert summary["warned"] >= 5  # no rank without glucose


def test_at_most_twenty_reasons_are_told_the_most_frequent_first(mortality):
    tallies = [failed_rows(mortality, place, 1, f"reason {place}")[1] for place in range(1, 31)]
    told = summary_of(mortality.manifest, tallies)["errors"]

    assert told == [{"reason": f"reason {n}", "rows": n} for n in range(30, 10, -1)]


@pytest.mark.parametrize("n_rows", [1, 2])
def test_one_or_two_people_have_a_summary(any_clock, n_rows):
    file = example_file(any_clock, n_rows=n_rows)
    table, tallies = scored(any_clock, file, None, n_parts=1)
    summary = summary_of(any_clock.manifest, tallies)
    prediction = table["prediction"][0].as_py()

    assert summary["prediction"] == {
        "mean": pytest.approx(prediction),
        "sd": None if n_rows == 1 else pytest.approx(0),
    } | dict.fromkeys(("min", "p5", "p25", "median", "p75", "p95", "max"), prediction)
    assert summary["histogram"]["counts"] == [n_rows]


def test_when_nobody_was_scored_there_are_no_figures(any_clock):
    _, tally = failed_rows(any_clock, 3, 1, "gave up")
    summary = summary_of(any_clock.manifest, [tally])

    assert summary["prediction"] is summary["histogram"] is summary["age_gap"] is None
    assert summary["top_factors"] == []
    assert summary["failed"] == 3


def test_the_same_tallies_give_the_same_bytes(mortality, cohort):
    _, tallies = scored(mortality, *cohort, n_parts=7)
    one, other = (json.dumps(summary_of(mortality.manifest, tallies)) for _ in range(2))
    again = json.dumps(summary_of(mortality.manifest, scored(mortality, *cohort, n_parts=7)[1]))

    assert one == other == again


def test_a_part_without_a_scored_row_changes_no_figure(mortality, cohort):
    _, tallies = scored(mortality, *cohort, n_parts=2)
    lost = failed_rows(mortality, 10, 501, "the worker was lost")[1]
    with_it = summary_of(mortality.manifest, [tallies[0], lost, tallies[1]])
    without = summary_of(mortality.manifest, tallies)

    for name in ("prediction", "histogram", "age_gap", "top_factors", "missing"):
        assert with_it[name] == without[name]
    assert with_it["failed"] == without["failed"] + 10
