from collections import Counter

import pytest
from agelens.domain.registry import DATA_SETS, biomarkers, describe_registry
from agelens.domain.units import Unit, comparable, find_unit

NUMBERS = [entry for entry in biomarkers().values() if entry.kind == "number"]
CHOICES = [entry for entry in biomarkers().values() if entry.kind == "choice"]


def test_the_registry_has_the_25_kaggle_columns_and_blood_pressure_is_two_of_its_keys():
    names = [a.name for b in biomarkers().values() for a in b.aliases if a.columns == "kaggle"]

    assert len(set(names)) == 25
    assert Counter(names)["Blood Pressure (s/d)"] == 2


def test_every_number_has_a_unit_a_plausible_range_and_units_that_convert_there_and_back():
    for entry in NUMBERS:
        assert entry.unit, entry.key
        assert entry.plausible is not None, entry.key
        assert entry.plausible[0] < entry.plausible[1], entry.key
        for unit in entry.units:
            assert unit.to_canonical(unit.from_canonical(3.7)) == pytest.approx(3.7), entry.key


def test_typical_and_reference_values_lie_within_the_plausible_range():
    for entry in NUMBERS:
        low, high = entry.plausible
        inner = [*(entry.typical or ())]
        if entry.reference:
            inner += [v for v in (entry.reference.low, entry.reference.high) if v is not None]
            assert entry.reference.source, entry.key
        assert all(low <= value <= high for value in inner), entry.key


def test_every_alias_is_written_in_an_accepted_unit_of_a_known_data_set():
    for entry in biomarkers().values():
        for alias in entry.aliases:
            assert alias.columns in DATA_SETS
            if entry.kind == "number":
                assert find_unit(entry.units, alias.unit), alias.name


def test_a_name_means_one_thing_within_a_data_set():
    for data_set in DATA_SETS:
        whole = Counter(
            comparable(alias.name)
            for entry in biomarkers().values()
            for alias in entry.aliases
            if alias.columns == data_set and "pair" not in alias.transform
        )
        assert [name for name, times in whole.items() if times > 1] == []


def test_choices_are_distinct_and_have_no_range():
    for entry in CHOICES:
        assert len(set(entry.choices)) == len(entry.choices) > 1, entry.key
        assert entry.plausible is None
        assert entry.units == ()


def test_the_description_has_the_shape_that_clients_rely_on():
    glucose = next(entry for entry in describe_registry() if entry["key"] == "glucose")

    assert glucose["unit"] == "mmol/L"
    assert {"unit": "mg/dL", "factor": 0.0555, "offset": 0.0} in glucose["units"]
    assert set(glucose) == {
        "key", "label", "unit", "units", "kind", "choices", "plausible", "reference",
        "modifiable", "group", "source", "aliases",
    }  # fmt: skip


@pytest.mark.parametrize("spelling", ["µmol/L", "μmol/L", "umol/l", " UMOL/L "])
def test_a_unit_is_found_in_any_usual_spelling(spelling):
    assert find_unit((Unit("umol/L"),), spelling) == Unit("umol/L")


@pytest.mark.parametrize(
    ("key", "unit", "value", "canonical"),
    [
        ("total_cholesterol", "mg/dL", 200, 5.17),  # NCEP: 200 mg/dL is 5.17 mmol/L
        ("triglycerides", "mg/dL", 150, 1.69),  # NCEP: 150 mg/dL is 1.69 mmol/L
        ("glucose", "mg/dL", 126, 7.0),  # ADA: 126 mg/dL is 7.0 mmol/L
        ("hba1c", "mmol/mol", 48, 6.5),  # ADA: 6.5 % is 48 mmol/mol
        ("creatinine", "mg/dL", 1, 88.4),
        ("uric_acid", "mg/dL", 6.8, 404),  # the saturation point, 6.8 mg/dL or 404 umol/L
        ("systolic_bp", "kPa", 16, 120),
    ],
)
def test_conversions_agree_with_published_pairs(key, unit, value, canonical):
    accepted = find_unit(biomarkers()[key].units, unit)

    assert accepted.to_canonical(value) == pytest.approx(canonical, rel=0.007)
