import re
from collections import Counter, defaultdict

import pytest
from agelens.clocks.bundles import SHIPPED, load_clock, read_bundle
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.features import feature
from agelens.domain.registry import (
    DATA_SETS,
    EVERYWHERE,
    age_names,
    biomarker,
    biomarkers,
    describe_registry,
    example_age,
)
from agelens.domain.units import Unit, find_unit, normalized_name

NUMBERS = [entry for entry in biomarkers().values() if entry.kind == "number"]
CLOCKS = [load_clock(read_bundle(directory)) for directory in SHIPPED]
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


def test_within_person_variation_is_a_cv_or_an_sd_and_names_its_source():
    varying = [entry for entry in NUMBERS if entry.within_person]
    for entry in varying:
        cv, sd = entry.within_person.cv, entry.within_person.sd
        assert (cv is None) != (sd is None), entry.key
        assert len(entry.within_person.source) > 20, entry.key
        # nothing varies by more than CRP does, whose coefficient is about 35 % everywhere
        assert cv is None or 0.3 < cv < 45, entry.key
    assert {"albumin", "creatinine", "crp", "red_cell_width"} <= {entry.key for entry in varying}
    assert biomarker("systolic_bp").describe()["within_person"]["sd"] == 7.7
    assert biomarker("sex").describe()["within_person"] is None


def test_every_alias_is_written_in_an_accepted_unit_of_a_known_data_set():
    for entry in biomarkers().values():
        for alias in entry.aliases:
            assert alias.columns in (*DATA_SETS, *EVERYWHERE)
            if entry.kind == "number":
                assert find_unit(entry.units, alias.unit), alias.name


def test_a_name_means_one_thing_within_a_data_set():
    for data_set in DATA_SETS:
        whole = Counter(
            normalized_name(alias.name)
            for entry in biomarkers().values()
            for alias in entry.aliases
            if alias.columns == data_set and "pair" not in alias.transform
        )
        assert [name for name, times in whole.items() if times > 1] == []


def test_a_spelling_means_one_biomarker_and_no_other_quantity():
    meant = defaultdict(set)
    for key, entry in biomarkers().items():
        for name in (key, *entry.names, *(alias.name for alias in entry.aliases)):
            meant[normalized_name(name)].add(key)
        for other in entry.mistaken_for:
            for name in (*other.names, *other.loinc):
                meant[normalized_name(name)].add(other.quantity)
    for name in age_names():
        meant[normalized_name(name)].add("chronological_age")

    several = {name: keys for name, keys in meant.items() if len(keys) > 1}
    assert several == {"bloodpressuresd": {"systolic_bp", "diastolic_bp"}}


def test_a_spelling_of_a_unit_means_one_unit_of_a_biomarker():
    for entry in NUMBERS:
        spelled = Counter(key for unit in entry.units for key in unit.keys)
        assert [key for key, times in spelled.items() if times > 1] == [], entry.key


def test_typical_is_inside_plausible_and_other_quantities_are_outside_typical():
    for entry in NUMBERS:
        assert entry.typical is not None, entry.key
        assert entry.plausible[0] <= entry.typical[0] < entry.typical[1] <= entry.plausible[1]
        if entry.medians:
            assert entry.typical[0] < entry.medians[0] < entry.medians[1] < entry.typical[1]
        for other in entry.mistaken_for:
            if other.range:
                below, above = other.range[1] < entry.typical[0], other.range[0] > entry.typical[1]
                assert below or above, (entry.key, other.quantity)


def test_choices_are_distinct_and_have_no_range():
    for entry in CHOICES:
        assert len(set(entry.choices)) == len(entry.choices) > 1, entry.key
        assert entry.plausible is None
        assert entry.units == ()


def test_the_description_has_the_shape_that_clients_rely_on():
    glucose = next(entry for entry in describe_registry() if entry["key"] == "glucose")

    assert glucose["unit"] == "mmol/L"
    by_unit = {unit["unit"]: unit for unit in glucose["units"]}
    assert set(by_unit["mg/dL"]) == {"unit", "factor", "offset", "countries"}
    assert (by_unit["mg/dL"]["factor"], by_unit["mg/dL"]["offset"]) == (0.0555, 0.0)
    assert "US" in by_unit["mg/dL"]["countries"]
    assert by_unit["mmol/L"]["countries"] == []  # everywhere else
    assert (glucose["example"], glucose["decimals"]) == (5.5, 1)
    assert set(glucose) == {
        "key", "label", "unit", "units", "kind", "choices", "plausible", "typical", "mistaken_for",
        "reference", "within_person", "modifiable", "group", "source", "names", "aliases", "example",
        "decimals",
    }  # fmt: skip
    assert set(feature("glucose").describe()) - set(glucose) == {
        "required", "informative", "training",
    }  # fmt: skip
    sex = biomarker("sex").describe()
    assert (sex["example"], sex["decimals"], sex["units"]) == ("female", None, [])


def test_every_entry_has_an_example_that_could_be_answered_and_is_written_as_reports_print_it():
    for entry in NUMBERS:
        assert entry.plausible[0] <= entry.example <= entry.plausible[1], entry.key
        assert entry.typical is None or entry.typical[0] <= entry.example <= entry.typical[1]
        assert round(entry.example, entry.decimals) == entry.example, entry.key
        low, high = entry.plausible
        assert (high - low) * 10**entry.decimals >= 20, f"{entry.key}: too few steps for a slider"
    for entry in CHOICES:
        assert entry.example in entry.choices, entry.key


def test_the_examples_are_one_person_whose_figures_agree_with_each_other():
    of = {entry.key: entry.example for entry in biomarkers().values()}

    assert of["bmi"] == pytest.approx(of["weight"] / (of["height"] / 100) ** 2, abs=0.05)
    # W. Friedewald et al., Clin Chem 1972, in mmol/L
    assert of["ldl"] == pytest.approx(
        of["total_cholesterol"] - of["hdl"] - of["triglycerides"] / 2.2, abs=0.05
    )
    assert of["diastolic_bp"] < of["systolic_bp"]


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.manifest.name)
def test_every_shipped_clock_scores_the_example_within_what_it_was_trained_on(clock):
    for f in clock.manifest.features:
        if f.training:
            assert f.training[0] <= f.example <= f.training[1], f.key
    answers = {f.key: f.example for f in clock.manifest.features}
    result = predict(clock, read_panel_for(clock, answers, None, example_age()))

    assert (result["warnings"], result["missing"], result["clipped"]) == ([], [], [])
    years = [row["years"] for row in result["contributions"]]
    assert max(years) > 0.5
    if clock.manifest.unit == "years":  # a distance has nothing that makes it smaller
        assert min(years) < 0


def test_the_default_clock_finds_good_and_bad_in_the_example():
    default = CLOCKS[0]
    answers = {f.key: f.example for f in default.manifest.features}
    result = predict(default, read_panel_for(default, answers, None, example_age()))
    years = [row["years"] for row in result["contributions"]]

    assert sum(each < -0.5 for each in years) >= 2
    assert sum(each > 0.5 for each in years) >= 2
    assert 2 < result["prediction"] - example_age() < 8


def test_a_unit_names_the_countries_by_code_and_no_country_has_two_units_of_one_biomarker():
    for entry in NUMBERS:
        codes = [code for unit in entry.units for code in unit.countries]
        assert all(re.fullmatch("[A-Z]{2}", code) for code in codes), entry.key
        assert len(set(codes)) == len(codes), entry.key
        assert entry.units[0].countries == (), "the canonical unit is for everywhere else"


@pytest.mark.parametrize(
    ("key", "country", "unit"),
    [
        ("glucose", "US", "mg/dL"),
        ("glucose", "GB", "mmol/L"),
        ("glucose", "DE", "mg/dL"),
        ("hba1c", "GB", "mmol/mol"),
        ("hba1c", "US", "%"),
        ("creatinine", "JP", "mg/dL"),
        ("creatinine", "SE", "umol/L"),
        ("urea_nitrogen", "US", "mg/dL"),
        ("urea_nitrogen", "GB", "mmol/L"),
        ("weight", "US", "lb"),
        ("weight", "FR", "kg"),
        ("ggt", "SE", "ukat/L"),
    ],
)
def test_a_country_finds_the_unit_of_its_reports(key, country, unit):
    units = biomarker(key).units

    assert next((u.name for u in units if country in u.countries), units[0].name) == unit


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
        ("vitamin_d", "ng/mL", 20, 50),  # IOM 2011: 20 ng/mL is 50 nmol/L
        ("apolipoprotein_a1", "mg/dL", 120, 1.2),
        ("alt", "ukat/L", 1, 60),  # the katal is one mole a second
        ("plateletcrit", "mL/L", 2.4, 0.24),
        ("plateletcrit", "fraction", 0.0024, 0.24),
        ("neutrophils", "cells/uL", 4200, 4.2),
        ("uric_acid", "mg/dL", 6.8, 404),  # the saturation point, 6.8 mg/dL or 404 umol/L
        ("systolic_bp", "kPa", 16, 120),
    ],
)
def test_conversions_agree_with_published_pairs(key, unit, value, canonical):
    accepted = find_unit(biomarkers()[key].units, unit)

    assert accepted.to_canonical(value) == pytest.approx(canonical, rel=0.007)


def test_words_of_another_quantity_hold_no_key_that_reports_replace_by_a_label():
    for entry in NUMBERS:
        for other in entry.mistaken_for:
            assert not re.search(rf"\b{entry.key}\b", other.quantity)
