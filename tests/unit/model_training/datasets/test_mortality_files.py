"""The linked mortality files: what stands in which column, and which files belong together."""

from pathlib import Path

import numpy as np
import pytest
from agelens.domain.errors import InvalidInput
from nhanes_files import mortality_line, write_mortality

from model_training.datasets.mortality_files import find_mortality_files, read_mortality


def test_each_column_is_read_from_its_place(tmp_path: Path) -> None:
    """Line by line: eligible and dead of heart disease; alive; a child; ineligible; of influenza."""
    path = tmp_path / "NHANES_2017_2018_MORT_2019_PUBLIC.dat"
    lines = [
        "93703         11  110                     " + " 12 11",
        "93704         10   ..                     " + " 30 29",
        "93705         2.  ...                     " + "  .  .",
        "102956        3                           " + "      ",
        "102955        11  801                     " + "  7  .",
    ]
    path.write_text("\n".join(lines), encoding="ascii")
    frame = read_mortality(path)
    missing = float("nan")
    expected = [
        [93703, 1, 1, 1, 12, 11, 1],
        [93704, 1, 0, missing, 30, 29, 0],
        [93705, 2, missing, missing, missing, missing, missing],
        [102956, 3, missing, missing, missing, missing, missing],
        [102955, 1, 1, 8, 7, missing, 0],
    ]
    names = ["eligstat", "mortstat", "ucod_leading", "permth_int", "time", "status"]
    np.testing.assert_array_equal(frame.reset_index()[["SEQN", *names]], np.array(expected))


@pytest.mark.parametrize(
    ("cause", "counted"),
    [(1, 1), (2, 1), (3, 1), (4, 0), (5, 1), (6, 1), (7, 1), (8, 0), (9, 1), (10, 0)],
)
def test_status_counts_the_causes_that_the_r_package_counts(
    cause: int, counted: int, tmp_path: Path
) -> None:
    line = mortality_line(1, 1, "1", str(cause), "10", "9")
    frame = read_mortality(write_mortality(tmp_path, 1, 2019, [line]))
    assert frame.loc[1, "mortstat"] == 1
    assert frame.loc[1, "status"] == counted


@pytest.mark.parametrize(
    "text", ["", "SEQN,ELIGSTAT\n1,1\n", "<html>not found</html>\n", "1             7\n", "é\n"]
)
def test_other_text_is_no_mortality_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "NHANES_1999_2000_MORT_2019_PUBLIC.dat"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="is no linked mortality file") as caught:
        read_mortality(path)
    assert [problem.field for problem in caught.value.problems] == ["data"]


def test_a_person_twice_is_refused(tmp_path: Path) -> None:
    line = mortality_line(7, 1, "0", "", "10", "9")
    with pytest.raises(InvalidInput, match="does not name each person once"):
        read_mortality(write_mortality(tmp_path, 1, 2019, [line, line]))


def alive(folder: Path, wave: int, release: int) -> Path:
    line = mortality_line(1, 1, "0", "", "10", "9")
    return write_mortality(folder, wave, release, [line])


def test_a_survey_s_file_is_found_by_its_years(tmp_path: Path) -> None:
    first, last = alive(tmp_path, 1, 2019), alive(tmp_path, 10, 2019)
    files = [last, tmp_path / "readme.dat", first]
    assert find_mortality_files(files, [1, 10]) == {1: first, 10: last}


def test_no_mortality_file_at_all_is_no_fault(tmp_path: Path) -> None:
    assert find_mortality_files([tmp_path / "DEMO.XPT"], [1]) == {}


def test_one_that_is_absent_among_others_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"NHANES_2003_2004_MORT_2019_PUBLIC\.dat"):
        find_mortality_files([alive(tmp_path, 1, 2019)], [1, 3])


def test_the_release_of_2015_links_no_survey_after_2014(tmp_path: Path) -> None:
    file = alive(tmp_path, 8, 2015)
    assert find_mortality_files([file], [8, 9, 10]) == {8: file}


@pytest.mark.parametrize("releases", [(2015, 2019), (2011,)])
def test_mixed_and_earlier_releases_are_refused(releases: tuple[int, ...], tmp_path: Path) -> None:
    files = [alive(tmp_path, wave, release) for wave, release in enumerate(releases, start=1)]
    with pytest.raises(InvalidInput, match="of one release, 2015 or 2019"):
        find_mortality_files(files, [1])
