"""Clocks opened in this process: which one, what it says of itself, and answers row for row."""

import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import process_time

import agelens
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from agelens.batches import partition_scorer
from agelens.clocks.batches import ERROR_FIELDS, score_batch
from agelens.clocks.bundles import SHIPPED, shipped
from agelens.domain.errors import InvalidBundle, InvalidInput
from agelens.local_clock import LocalClock
from agelens.sklearn import ClockRegressor
from agelens.tables.batch_reader import BatchReader
from batch_files import example_file

NAMES = sorted({directory.parent.name for directory in SHIPPED})
PEOPLE = pd.DataFrame(
    {
        "age": [52, 67, 45, 200],
        "albumin": [44, 41, 4.3, 44],
        "creatinine": [70, 95, 80, 70],
        "glucose": [5.1, 6.4, 5.0, 5.1],
        "crp": [1.2, 4.0, 0.8, 1.2],
        "lymphocytes": [32, 24, 30, 32],
        "mean_cell_volume": [90, 93, 88, 90],
        "red_cell_width": [12.9, 14.1, 13.0, 12.9],
        "alkaline_phosphatase": [62, 85, 70, 62],
        "white_cells": [5.8, 7.9, 6.1, 5.8],
    },
    index=pd.Index(["Ada", "Ben", "Cem", "Dee"], name="who"),
)
MAPPING = {"age": "chronological_age"}


@pytest.fixture(scope="module")
def phenoage() -> LocalClock:
    return agelens.load("phenoage")


def newest(name: str) -> Path:
    found = shipped(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_clock_is_found_by_name_version_and_path(name: str) -> None:
    directory = newest(name)
    version = directory.name
    found = [
        agelens.load(name),
        agelens.load(name, version=version),
        agelens.load(f"{name}@{version}"),
        agelens.load(directory),
        agelens.load(str(directory), version),
    ]
    assert {(clock.name, clock.version) for clock in found} == {(name, version)}
    assert len({clock.manifest.sha256 for clock in found}) == 1


def test_short_names_are_known() -> None:
    assert [agelens.load(name).name for name in ("kaggle", "mortality")] == [
        "kaggle-age",
        "mortality-age",
    ]


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        (("phenage",), "clock", 'there is no "phenage"; shipped: bortz, dysregulation'),
        (("phenoage", "9.9.9"), "clock", "phenoage has no version 9.9.9; shipped: 1.0.0"),
        (("phenoage@9.9.9",), "clock", "phenoage has no version 9.9.9; shipped: 1.0.0"),
        (("phenoage@",), "clock", "phenoage@ names no version; shipped: 1.0.0"),
        (("",), "clock", 'there is no ""; shipped: '),
        (("phenoage@1.0.0", "2.0.0"), "version", "is 2.0.0, but phenoage@1.0.0 is 1.0.0"),
        ((newest("kdm"), "9.9.9"), "version", " is 1.0.0"),
        (("nowhere/bundle",), "clock", 'there is no "nowhere/bundle"'),
        ((Path("nowhere"),), "manifest.json", "there is none in nowhere"),
    ],
)
def test_what_is_not_there_is_named(asked: tuple[str, ...], field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        agelens.load(*asked)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert words in problem.message


def test_a_changed_bundle_is_refused(tmp_path: Path) -> None:
    copy = shutil.copytree(newest("phenoage"), tmp_path / "bundle")
    with (copy / "card.md").open("a", encoding="utf-8") as card:
        card.write("One more sentence.")
    with pytest.raises(InvalidBundle, match="hash"):
        agelens.load(copy)


def test_importing_agelens_loads_no_science() -> None:
    code = """
import sys, agelens
print([name for name in ("numpy", "pandas", "pyarrow", "agelens.clocks") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_scoring_needs_neither_a_server_nor_shap_nor_scikit_learn() -> None:
    code = f"""
import sys
missing = ("shap", "sklearn", "scipy", "flask", "sqlalchemy", "redis", "rq", "httpx", "structlog",
           "orjson", "ijson", "pydantic_settings", "polars", "dask")
sys.modules.update(dict.fromkeys(missing))
import agelens, pyarrow
clock = agelens.load("phenoage")
people = pyarrow.table({PEOPLE.to_dict("list")})
print(clock.predict(people, mapping={MAPPING})["prediction"].null_count)
try:
    clock.explain(people)
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        "2",
        "explain needs shap, which is not installed: pip install 'agelens[notebook]'",
    ]


def test_a_missing_package_is_said_with_the_extra_that_brings_it() -> None:
    code = """
import sys
sys.modules["numpy"] = None
import agelens
try:
    agelens.load("phenoage")
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "numpy, which is not installed: pip install 'agelens[score]'" in done.stdout


def test_it_says_what_it_is(phenoage: LocalClock) -> None:
    assert repr(phenoage) == "LocalClock('phenoage', version='1.0.0')"
    assert phenoage.card == (newest("phenoage") / "card.md").read_text(encoding="utf-8")
    assert "albumin" in {feature.key for feature in phenoage.features}
    assert "(phenoage 1.0.0), AgeLens " in phenoage.citation
    assert phenoage.manifest.sha256 in phenoage.citation
    assert "Aging 10(4), 573-591, 2018" in phenoage.citation
    assert agelens.load("kaggle").citation.endswith(".")
    assert "2.0 years lower on average" in phenoage.note
    assert "Below 2.1 mg/L read the rank among NHANES IV" in agelens.load("light-bioage").note
    assert agelens.load("kaggle").note == ""


def cohort_part(clock: LocalClock, frame: pd.DataFrame, first_row: int = 1) -> pa.Table:
    """The rows as a cohort's worker answers them."""
    columns = {f"c{place}": pa.array(frame[name]) for place, name in enumerate(frame.columns)}
    part = pa.table(columns | {"fault": pa.nulls(len(frame), pa.string())})
    reader = BatchReader(clock.clock, list(frame.columns), mapping=MAPPING)
    table, _ = score_batch(clock.clock, reader.read(part), first_row=first_row)
    return table.drop_columns([ERROR_FIELDS])


def test_answers_are_those_of_a_cohort(phenoage: LocalClock) -> None:
    answers = phenoage.predict(PEOPLE, mapping=MAPPING)
    expected = cohort_part(phenoage, PEOPLE).to_pandas().set_index(PEOPLE.index)
    pd.testing.assert_frame_equal(answers, expected, check_exact=True)
    assert answers["row"].tolist() == [1, 2, 3, 4]
    assert answers["prediction"].isna().tolist() == [False, False, True, True]
    assert "4.3 would fit in g/dL" in answers.loc["Cem", "error"]
    assert "age (chronological_age) " in answers.loc["Dee", "error"]


@pytest.mark.parametrize("name", NAMES)
def test_contributions_and_base_add_up(name: str) -> None:
    clock = agelens.load(name)
    file = example_file(clock.clock, n_rows=3, as_text=False)
    people = pd.DataFrame(dict(zip(file.header, file.cells, strict=True)))
    people = people.drop(columns=[] if clock.manifest.needs_age else ["chronological_age"])
    answers = clock.predict(people)
    assert answers["error"].isna().all()
    parts = answers.filter(like="contribution:").sum(axis="columns") + answers["base_value"]
    np.testing.assert_allclose(parts, answers["prediction"], atol=1e-6)
    few = clock.predict(people, contributions=False)
    assert not [column for column in few.columns if column.startswith("contribution:")]
    pd.testing.assert_frame_equal(few, answers[few.columns])


def test_kinds_are_kept_and_say_the_same(phenoage: LocalClock) -> None:
    table = pa.Table.from_pandas(PEOPLE, preserve_index=False)
    expected = phenoage.predict(table, mapping=MAPPING)
    assert isinstance(expected, pa.Table)
    for people in (pl.from_arrow(table), table.to_batches()[0]):
        answers = phenoage.predict(people, mapping=MAPPING)
        assert type(answers) is type(people)
        assert pa.table(answers).to_pydict() == expected.to_pydict()
    frame = phenoage.predict(PEOPLE, mapping=MAPPING)
    pd.testing.assert_frame_equal(frame.reset_index(drop=True), expected.to_pandas())


def test_units_names_of_a_data_set_and_ids_are_understood(phenoage: LocalClock) -> None:
    in_mg = PEOPLE.assign(glucose=PEOPLE["glucose"] * 18, code=[7, 8, 9, 10])
    answers = phenoage.predict(in_mg, mapping=MAPPING, units={"glucose": "mg/dL"}, id_column="code")
    assert answers["id"].tolist() == ["7", "8", "9", "10"]
    ours = phenoage.predict(PEOPLE, mapping=MAPPING)
    np.testing.assert_allclose(answers["prediction"], ours["prediction"], atol=0.02)
    kaggle = agelens.load("kaggle")
    (answer,) = kaggle.predict(
        pd.DataFrame({"Blood Pressure (s/d)": ["121/79"]}), columns="kaggle"
    )["prediction"]
    (same,) = kaggle.predict(pd.DataFrame({"systolic_bp": [121], "diastolic_bp": [79]}))[
        "prediction"
    ]
    assert answer == same


@pytest.mark.parametrize("rows", [0, 10_001])
def test_any_number_of_rows_keeps_its_order(phenoage: LocalClock, rows: int) -> None:
    people = PEOPLE.iloc[np.arange(rows) % len(PEOPLE)]
    answers = phenoage.predict(people, mapping=MAPPING)
    few = phenoage.predict(PEOPLE, mapping=MAPPING)
    assert answers["row"].tolist() == list(range(1, rows + 1))
    assert answers.dtypes.to_dict() == few.dtypes.to_dict()
    expected = few.iloc[np.arange(rows) % len(PEOPLE)].assign(row=answers["row"])
    pd.testing.assert_frame_equal(answers, expected)


def test_columns_that_are_not_read_are_told_once_unless_that_is_meant(
    phenoage: LocalClock,
) -> None:
    people = PEOPLE.assign(Shoe=40, name="x")
    with pytest.warns(UserWarning, match="phenoage does not read these columns: Shoe$") as told:
        phenoage.predict(people, mapping=MAPPING | {"name": "ignored"})
    assert [each.filename for each in told] == [__file__]
    phenoage.predict(people, mapping=MAPPING | {"name": "ignored", "Shoe": "ignored"})


def test_two_columns_of_one_name_matter_only_where_they_are_read(phenoage: LocalClock) -> None:
    shoes = pd.DataFrame([[40, 41]] * len(PEOPLE), columns=["shoe", "shoe"], index=PEOPLE.index)
    with pytest.warns(UserWarning, match="shoe, shoe"):
        answers = phenoage.predict(pd.concat([PEOPLE, shoes], axis="columns"), mapping=MAPPING)
    assert answers["prediction"].notna().sum() == 2
    twice = pd.concat([PEOPLE, PEOPLE[["crp"]]], axis="columns")
    with pytest.raises(InvalidInput, match="same name: crp"):
        phenoage.predict(twice, mapping=MAPPING)


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"mapping": {"when": "age"}}, "when", "the frame has no such column"),
        ({"mapping": {"Age": "ignored"}}, "columns", "there is no column chronological_age"),
        ({"columns": "nhanes"}, "columns", "must be one of: agelens, kaggle, bioage-r"),
        ({"mapping": {"Age": "age_years"}}, "Age", "is not a feature of this clock"),
        ({"mapping": MAPPING, "units": {"glucose": "g"}}, "glucose", "must be an accepted unit"),
        ({"mapping": MAPPING, "id_column": "code"}, "id_column", 'no column "code"'),
    ],
)
def test_what_no_row_could_be_scored_with_is_refused(
    phenoage: LocalClock, options: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        phenoage.predict(PEOPLE, **options)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert words in problem.message


def test_explanations_are_those_of_the_scored_rows(phenoage: LocalClock) -> None:
    explanation = phenoage.explain(PEOPLE, mapping=MAPPING)
    answers = phenoage.predict(PEOPLE, mapping=MAPPING).loc[["Ada", "Ben"]]
    assert explanation.shape == (2, 9)
    sums = explanation.values.sum(axis=1) + explanation.base_values
    np.testing.assert_allclose(sums, answers["prediction"])
    glucose = list(explanation.feature_names).index("glucose")
    assert explanation.data[:, glucose].tolist() == [5.1, 6.4]


@pytest.mark.parametrize("way", ["explain", "estimator", "partition"])
def test_codes_and_limits_mean_the_same_in_every_way_to_score(way: str) -> None:
    clock = agelens.load("phenoage")
    plain = PEOPLE.head(2).rename(columns=MAPPING).assign(sex=["male", "female"])
    said = {"values": {"sex": {"1": "male", "2": "female"}}, "censored": "limit"}
    coded = plain.assign(sex=plain["sex"].map({"male": "1", "female": "2"}))
    coded = coded.astype({"crp": object}).assign(crp="<3")
    expected = clock.predict(plain.assign(crp=3.0))["prediction"].to_numpy()
    if way == "explain":
        found = clock.explain(coded, **said)
        numbers = found.base_values + found.values.sum(axis=1)
    elif way == "estimator":
        numbers = ClockRegressor(clock, **said).fit(coded).predict(coded)
    else:
        numbers = partition_scorer(clock, coded, **said)(coded)["prediction"].to_numpy()
    assert numbers == pytest.approx(expected, abs=1e-9)


def test_an_explanation_takes_suggested_units_where_that_is_said(phenoage: LocalClock) -> None:
    people = pd.concat([PEOPLE.head(2).rename(columns=MAPPING)] * 20)
    wrong = people.assign(glucose=people["glucose"] * 18.016)
    with pytest.warns(UserWarning, match="glucose"):
        found = phenoage.explain(wrong, accept_suggestions=True)
    numbers = found.base_values + found.values.sum(axis=1)
    assert numbers == pytest.approx(phenoage.predict(people)["prediction"].to_numpy(), abs=0.05)


def test_choices_are_shown_in_words() -> None:
    clock = agelens.load("kaggle")
    people = pd.DataFrame(
        {"smoking_status": ["never", None, "former"], "systolic_bp": [120, 130, 140]}
    )
    explanation = clock.explain(people)
    smoking = list(explanation.feature_names).index("smoking_status")
    assert explanation.display_data[[0, 2], smoking].tolist() == ["never", "former"]
    assert np.isnan(explanation.data[:, smoking]).tolist() == [False, True, False]
    assert explanation.data.dtype == float


def test_a_pickle_brings_its_bundle_along(tmp_path: Path) -> None:
    copy = shutil.copytree(newest("phenoage"), tmp_path / "bundle")
    clock = agelens.load(copy)
    pickled = pickle.dumps(clock)
    shutil.rmtree(copy)
    again = pickle.loads(pickled)  # noqa: S301  (our own)
    assert again.manifest == clock.manifest
    expected = clock.predict(PEOPLE, mapping=MAPPING)
    pd.testing.assert_frame_equal(again.predict(PEOPLE, mapping=MAPPING), expected)


def test_threads_may_share_one(phenoage: LocalClock) -> None:
    frames = [PEOPLE.assign(crp=PEOPLE["crp"] + step / 10) for step in range(16)]
    expected = [phenoage.predict(each, mapping=MAPPING) for each in frames]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda each: phenoage.predict(each, mapping=MAPPING), frames))
    for one, other in zip(answers, expected, strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.serial
@pytest.mark.slow
def test_a_frame_takes_little_longer_than_the_parts_of_a_cohort(phenoage: LocalClock) -> None:
    rows, part_rows, rounds = 100_000, 10_000, 15
    rng = np.random.default_rng(20261128)
    people = PEOPLE.iloc[rng.integers(0, 2, rows)].reset_index(drop=True)
    people = people * rng.uniform(0.97, 1.03, people.shape)
    columns = {f"c{n}": pa.array(people[name]) for n, name in enumerate(people.columns)}
    whole = pa.table(columns | {"fault": pa.nulls(rows, pa.string())})
    parts = [whole.slice(first, part_rows) for first in range(0, rows, part_rows)]

    def in_parts() -> list[pa.Table]:
        reader = BatchReader(phenoage.clock, list(people.columns), mapping=MAPPING)
        return [
            score_batch(phenoage.clock, reader.read(part), first_row=n * part_rows + 1)[0]
            for n, part in enumerate(parts)
        ]

    pairs = []
    for _ in range(rounds):
        begin = process_time()  # others may use the machine meanwhile
        tables = in_parts()
        between = process_time()
        answers = phenoage.predict(people, mapping=MAPPING)
        pairs.append((between - begin, process_time() - between))
    expected = pa.concat_tables(tables).drop_columns([ERROR_FIELDS]).to_pandas()
    pd.testing.assert_frame_equal(answers, expected, check_exact=True)
    base, ours = (min(seconds) for seconds in zip(*pairs, strict=True))
    assert ours <= 1.2 * base, f"{ours / base:.2f} times, of rounds {pairs}"
