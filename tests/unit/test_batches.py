"""Partitions of a frame scored where they are: in kind, row for row the same, on other processes."""

import pickle
import shutil
from pathlib import Path

import agelens
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from agelens.batches import PartitionScorer, partition_scorer
from agelens.clocks.bundles import shipped
from agelens.domain.errors import InvalidInput
from dask import dataframe as dd
from distributed import Client, LocalCluster, wait

MARKERS = {
    "age": 52.0,
    "albumin": 44.0,
    "creatinine": 70.0,
    "glucose": 5.1,
    "crp": 1.2,
    "lymphocytes": 32.0,
    "mean_cell_volume": 90.0,
    "red_cell_width": 12.9,
    "alkaline_phosphatase": 62.0,
    "white_cells": 5.8,
}
MAPPING = {"age": "chronological_age"}
ROWS = 1000


def made_up(rows: int) -> pd.DataFrame:
    """People about an average; some lack a marker, and some albumins are in another unit."""
    rng = np.random.default_rng(20261128)
    people = pd.DataFrame([MARKERS]).loc[[0] * rows].reset_index(drop=True)
    people *= rng.uniform(0.9, 1.1, people.shape)
    people.loc[::50, "crp"] = np.nan
    people.loc[7::100, "albumin"] = 4.3
    people.insert(0, "patient", [f"p{row}" for row in range(rows)])
    return people.set_index(pd.Index(range(0, 2 * rows, 2), name="visit"))


PEOPLE = made_up(ROWS)
TABLE = pa.Table.from_pandas(PEOPLE, preserve_index=False)


@pytest.fixture(scope="module")
def scorer() -> PartitionScorer:
    return partition_scorer("phenoage", TABLE.schema, mapping=MAPPING, id_column="patient")


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    clock = agelens.load("phenoage")
    answers = clock.predict(PEOPLE, mapping=MAPPING, id_column="patient")
    assert 0 < answers["error"].notna().sum() < ROWS
    return answers.drop(columns="row")


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """The last bit of a number may depend on how many rows are scored at once."""
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("cut", [1, 3, ROWS])
def test_batches_in_batches_out(scorer: PartitionScorer, expected: pd.DataFrame, cut: int) -> None:
    first = TABLE.slice(0, 12).to_batches(max_chunksize=cut)
    answers = [scorer(batch) for batch in first]
    assert {type(batch) for batch in answers} == {pa.RecordBatch}
    assert {batch.schema for batch in answers} == {scorer.schema}
    found = pa.Table.from_batches(answers).to_pandas()
    assert_same(found, expected.head(12).reset_index(drop=True))


def test_what_ray_hands_over_is_answered_in_kind(
    scorer: PartitionScorer, expected: pd.DataFrame
) -> None:
    found = scorer(TABLE)
    assert isinstance(found, pa.Table)
    assert found.schema == scorer.schema
    assert_same(found.to_pandas(), expected.reset_index(drop=True))
    with pytest.raises(TypeError, match="not a dict"):
        scorer({"age": np.array([52.0])})


def test_what_spark_hands_over_is_scored_as_it_is_asked_for(
    scorer: PartitionScorer, expected: pd.DataFrame
) -> None:
    asked: list[int] = []

    def batches():
        for batch in TABLE.to_batches(max_chunksize=100):
            asked.append(len(batch))
            yield batch

    answers = scorer(batches())
    assert asked == []
    first = next(answers)
    assert (asked, first.schema) == ([100], scorer.schema)
    found = pa.Table.from_batches([first, *answers]).to_pandas()
    assert_same(found, expected.reset_index(drop=True))


def test_frames_are_answered_in_kind(scorer: PartitionScorer, expected: pd.DataFrame) -> None:
    assert_same(scorer(PEOPLE), expected)
    found = scorer(pl.from_arrow(TABLE))
    assert isinstance(found, pl.DataFrame)
    assert found["id"].to_list() == PEOPLE["patient"].tolist()


@pytest.mark.parametrize(
    "schema",
    [TABLE.schema, TABLE, PEOPLE.head(0), list(PEOPLE.columns), tuple(PEOPLE.columns)],
    ids=["schema", "table", "pandas", "names", "tuple"],
)
def test_columns_are_announced_in_any_way(schema: object, scorer: PartitionScorer) -> None:
    other = partition_scorer(agelens.load("phenoage"), schema, mapping=MAPPING, id_column="patient")
    assert other.header == scorer.header == tuple(PEOPLE.columns)
    assert other.schema == scorer.schema


def test_the_answers_are_announced_too(scorer: PartitionScorer) -> None:
    names = scorer.schema.names
    assert names[:3] == ["id", "prediction", "interval_low"]
    assert names[-4:] == ["warnings", "error", "clock", "clock_version"]
    assert "row" not in names
    assert (len(scorer.meta), list(scorer.meta.columns)) == (0, names)
    assert scorer.meta.dtypes.to_dict() == scorer(PEOPLE).dtypes.to_dict()
    few = partition_scorer("phenoage", PEOPLE.drop(columns="patient"), mapping=MAPPING,
                           contributions=False)  # fmt: skip
    assert not [name for name in few.schema.names if name.startswith("contribution:")]


def test_columns_that_no_clock_could_score_are_refused_at_once() -> None:
    with pytest.raises(InvalidInput, match="Albumin"):
        partition_scorer("phenoage", PEOPLE.drop(columns="albumin"), mapping=MAPPING)
    with pytest.raises(TypeError, match="not a str"):
        partition_scorer("phenoage", "albumin")


def test_columns_that_are_not_read_are_told_once() -> None:
    with pytest.warns(UserWarning, match="does not read these columns: patient") as told:
        scorer = partition_scorer("phenoage", PEOPLE, mapping=MAPPING)
    assert [each.filename for each in told] == [__file__]
    scorer(PEOPLE)


@pytest.mark.parametrize(
    ("partition", "words"),
    [
        (PEOPLE.drop(columns="crp"), "a partition lacks crp"),
        (PEOPLE.assign(shoe=1), "a partition has shoe, which was not announced"),
        (PEOPLE[PEOPLE.columns[::-1]], "a partition has its columns in another order"),
    ],
)
def test_a_partition_with_other_columns_is_refused(
    scorer: PartitionScorer, partition: pd.DataFrame, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        scorer(partition)


def test_a_pickle_needs_no_file(tmp_path: Path, expected: pd.DataFrame) -> None:
    directory = shipped("phenoage")
    assert directory is not None
    bundle = shutil.copytree(directory, tmp_path / "bundle")
    scorer = partition_scorer(
        agelens.load(bundle), TABLE.schema, mapping=MAPPING, id_column="patient"
    )
    pickled = pickle.dumps(scorer)
    shutil.rmtree(bundle)
    again = pickle.loads(pickled)  # noqa: S301  (our own)
    assert again.schema == scorer.schema
    assert_same(again(PEOPLE), expected)


@pytest.mark.slow
def test_a_dask_cluster_answers_row_for_row_the_same(
    scorer: PartitionScorer, expected: pd.DataFrame
) -> None:
    people = dd.from_pandas(PEOPLE, npartitions=8)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        answers = client.persist(people.map_partitions(scorer, meta=scorer.meta))
        wait(answers)
        held_by = client.has_what()
        found = answers.compute()
    assert len(held_by) == 2
    assert all(held_by.values()), "both workers have scored some"
    assert_same(found, expected)
