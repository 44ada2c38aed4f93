"""Reading copies of the Kaggle file, with their traps and leaks."""

from pathlib import Path

import numpy as np
import pytest
from agelens.domain.errors import InvalidInput
from kaggle_people import make_people, write_csv

from model_training.datasets.kaggle import load

PEOPLE = make_people(240, seed=11)
OTHERS = make_people(60, seed=12)


@pytest.fixture
def learned(tmp_path: Path):
    return load(write_csv(tmp_path / "learned.csv", PEOPLE))


def test_none_is_a_category_blood_pressure_is_two_numbers_and_units_are_canonical(tmp_path):
    person = {
        **PEOPLE[0],
        "Chronic Diseases": "None",
        "Blood Pressure (s/d)": "141/92",
        "Blood Glucose Level (mg/dL)": 100,
    }
    data = load(write_csv(tmp_path / "train.csv", [person, *PEOPLE[1:]]))

    assert data.table.column("chronic_diseases")[0] == 0
    assert (data.table.column("systolic_bp")[0], data.table.column("diastolic_bp")[0]) == (141, 92)
    assert data.table.column("glucose")[0] == pytest.approx(5.55)
    assert data.age[0] == PEOPLE[0]["Age (years)"]


def test_copies_with_an_id_column_give_the_same_data(tmp_path, learned):
    numbered = ({"ID": i, **person} for i, person in enumerate(PEOPLE))
    with_id = load(write_csv(tmp_path / "id.csv", numbered))

    for key, column in learned.table.columns.items():
        np.testing.assert_array_equal(column, with_id.table.column(key))


def test_a_file_that_lacks_a_column_or_people_is_refused(tmp_path):
    lacking = [{k: v for k, v in person.items() if k != "Diet"} for person in PEOPLE]
    ageless = [{k: v for k, v in person.items() if k != "Age (years)"} for person in PEOPLE]

    with pytest.raises(InvalidInput, match="lacks the columns: Diet"):
        load(write_csv(tmp_path / "lacking.csv", lacking))
    with pytest.raises(InvalidInput, match="lacks the columns: Age"):
        load(write_csv(tmp_path / "ageless.csv", ageless))
    with pytest.raises(InvalidInput, match="200 people"):
        load(write_csv(tmp_path / "few.csv", PEOPLE[:20]))
    with pytest.raises(InvalidInput, match="row 1"):
        load(write_csv(tmp_path / "bad.csv", [{**PEOPLE[0], "BMI": "thin"}, *PEOPLE[1:]]))


@pytest.mark.parametrize("age", [17, 90, 40.5, "unknown", ""])
def test_an_age_that_is_no_whole_year_of_18_to_89_is_refused_by_its_column(tmp_path, age):
    people = [{**PEOPLE[0], "Age (years)": age}, *PEOPLE[1:]]

    with pytest.raises(InvalidInput, match="Age"):
        load(write_csv(tmp_path / "train.csv", people))


@pytest.mark.parametrize("value", ["", 0.9])
def test_a_marker_that_nobody_has_or_that_never_differs_is_refused_by_name(tmp_path, value):
    people = [{**person, "Bone Density (g/cm²)": value} for person in PEOPLE]

    with pytest.raises(InvalidInput, match="bone_density"):
        load(write_csv(tmp_path / "train.csv", people))


def test_a_person_who_is_in_the_file_twice_is_refused_with_both_rows(tmp_path):
    with pytest.raises(InvalidInput, match="rows 3 and 241"):
        load(write_csv(tmp_path / "twice.csv", [*PEOPLE, PEOPLE[2]]))


def test_other_people_may_be_few(tmp_path, learned):
    other = load(write_csv(tmp_path / "other.csv", OTHERS), apart_from=learned)

    assert len(other) == 60


def test_the_same_people_in_another_order_are_refused_as_a_leak(tmp_path, learned):
    leak = write_csv(tmp_path / "Test.csv", reversed(PEOPLE))

    with pytest.raises(
        InvalidInput, match="validation: 240 of 240 rows are people of the training"
    ):
        load(leak, apart_from=learned)


def test_a_leak_is_seen_without_ages_with_other_ages_and_rounded(tmp_path, learned):
    def rounded(person):
        return {k: round(v, 3) if isinstance(v, float) else v for k, v in person.items()}

    ageless = [{k: v for k, v in rounded(p).items() if k != "Age (years)"} for p in PEOPLE]
    older = [{**rounded(person), "Age (years)": 80} for person in PEOPLE]
    for name, people in (("ageless.csv", ageless), ("older.csv", older)):
        with pytest.raises(InvalidInput, match="240 of 240"):
            load(write_csv(tmp_path / name, people), apart_from=learned)


def test_a_single_person_who_was_learned_from_is_found_and_named(tmp_path, learned):
    mixed = write_csv(tmp_path / "mixed.csv", [*OTHERS, PEOPLE[7]])

    with pytest.raises(InvalidInput, match=r"1 of 61 rows .* row 61"):
        load(mixed, apart_from=learned)
