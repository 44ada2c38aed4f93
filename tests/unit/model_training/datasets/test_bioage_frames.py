"""Frames of the R package BioAge, written here by the library's own writer."""

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
from agelens.domain.errors import InvalidInput

from model_training.datasets import nhanes
from model_training.datasets.bioage_frames import read_frame
from model_training.datasets.generated.nhanes import nhanes_frame

PEOPLE = nhanes_frame(60, seed=9, waves=(0,))
WRITERS: dict[str, Callable[[Path], object]] = {
    "people.parquet": PEOPLE.to_parquet,
    "people.csv": lambda path: PEOPLE.to_csv(path, index=False),
    "NHANES3.rda": lambda path: rdata.write_rda(path, {"NHANES3": PEOPLE}),
    "NHANES3.RData": lambda path: rdata.write_rda(path, {"NHANES3": PEOPLE}),
    "people.rds": lambda path: rdata.write_rds(path, PEOPLE),
}


def r_text(*values: str) -> bytes:
    """A character vector as R serialises it."""
    cells = (b"\x00\x04\x00\x09" + len(v).to_bytes(4, "big") + v.encode() for v in values)
    return b"\x00\x00\x00\x10" + len(values).to_bytes(4, "big") + b"".join(cells)


CLASSES = r_text("data.frame"), r_text("tbl_df", "tbl", "data.frame")


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        nhanes.load(path)
    assert [problem.field for problem in caught.value.problems] == ["data"]
    return caught.value.detail


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_frame(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    frame = read_frame(tmp_path / name)
    pd.testing.assert_frame_equal(frame, PEOPLE, check_column_type=False, rtol=1e-14)


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_cohort(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    cohort = nhanes.load(tmp_path / name)
    assert len(cohort) == 60
    np.testing.assert_allclose(cohort.age_years, PEOPLE["age"])
    np.testing.assert_allclose(cohort.table.column("crp"), PEOPLE["crp"] * 10)
    np.testing.assert_array_equal(cohort.table.column("sex"), 2 - PEOPLE["gender"])


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_tibble_in_any_of_r_s_compressions_is_a_frame(
    compress: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """The package's own files hold tibbles, and persons' numbers as text."""
    people = PEOPLE.assign(sampleID=[f"1991_{number}" for number in range(60)])
    people["sampleID"] = people["sampleID"].astype(object)
    path = tmp_path / "NHANES3.rda"
    rdata.write_rda(path, {"NHANES3": people}, compression=None)
    tibble = path.read_bytes().replace(*CLASSES)
    assert tibble != path.read_bytes()
    path.write_bytes(compress(tibble))
    frame = read_frame(path)
    assert frame["sampleID"].tolist() == people["sampleID"].tolist()
    np.testing.assert_array_equal(frame["age"], PEOPLE["age"])


def test_a_file_with_both_surveys_must_be_parted(tmp_path: Path) -> None:
    path = tmp_path / "both.rda"
    rdata.write_rda(path, {"NHANES3": PEOPLE, "NHANES4": PEOPLE})
    assert "must hold one data frame; it holds: NHANES3, NHANES4" in refusal(path)


def test_an_r_file_without_a_frame_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "numbers.rds"
    rdata.write_rds(path, [1.0, 2.0])
    assert "it holds: none" in refusal(path)


@pytest.mark.parametrize("name", WRITERS)
def test_a_frame_of_something_else_names_what_it_lacks(name: str, tmp_path: Path) -> None:
    other = pd.DataFrame({"age": [40.0], "height": [170.0]})
    path = tmp_path / name
    if name.endswith(".parquet"):
        other.to_parquet(path)
    elif name.endswith(".csv"):
        other.to_csv(path, index=False)
    elif name.endswith(".rds"):
        rdata.write_rds(path, other)
    else:
        rdata.write_rda(path, {"other": other})
    assert "it lacks: gender, wave" in refusal(path)


@pytest.mark.parametrize("name", [*WRITERS, "empty.rda"])
@pytest.mark.parametrize("content", [b"", b"no such thing", bytes(range(256)) * 8])
def test_a_damaged_file_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert path.name in refusal(path)


def test_an_r_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "NHANES3.rda"
    rdata.write_rda(path, {"NHANES3": PEOPLE})
    path.write_bytes(path.read_bytes()[:2000])
    assert "cannot be read" in refusal(path)


def test_a_frame_without_people_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nobody.parquet"
    PEOPLE.head(0).to_parquet(path)
    assert "has no people" in refusal(path)


def test_another_kind_of_file_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(b"PK")
    assert "is none of: .parquet, .csv, .rda" in refusal(path)


def test_without_the_package_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "NHANES3.rda"
    path.write_bytes(b"RDX3")
    monkeypatch.setitem(sys.modules, "rdata", None)
    assert "needs the package rdata: install agelens[train]" in refusal(path)
