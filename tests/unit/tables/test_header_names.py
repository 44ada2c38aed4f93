"""Names of columns: keys, spellings, codes, units in them, and what is asked instead of guessed."""

import pytest
from agelens.clocks.bundles import find_clock
from agelens.domain.errors import InvalidInput
from agelens.domain.features import feature
from agelens.domain.registry import biomarkers
from agelens.tables.batch_reader import BatchReader
from agelens.tables.panel_schema import PanelSchema

EVERYTHING = PanelSchema(tuple(map(feature, biomarkers())), needs_age=True)


def read(*header, **how):
    """What each column is read as, by name: the key and the unit."""
    reader = BatchReader(EVERYTHING, [*header, "bmi"], **how)
    return {m.column: (m.features[0], m.unit) for m in reader.matches if m.features} | {
        "asked": reader.suggestions
    }


@pytest.mark.parametrize(
    ("name", "key", "unit"),
    [
        ("Serum creatinine [mg/dL]", "creatinine", "mg/dL"),
        ("HDL-C, mg/dl", "hdl", "mg/dL"),
        ("Total bilirubin (\u00b5mol/L)", "bilirubin", "umol/L"),
        ("SBP (mm[Hg])", "systolic_bp", "mmHg"),
        ("Glycated haemoglobin (HbA1c) (mmol/mol)", "hba1c", "mmol/mol"),
        ("WBC x10^3/uL", "white_cells", "10^9/L"),
        ("WBC [10*3/uL]", "white_cells", "10^9/L"),
        ("RBC (M/uL)", "red_cells", "10^12/L"),
        ("ALP (IU/L)", "alkaline_phosphatase", "U/L"),
        ("uric_acid_mg_dl", "uric_acid", "mg/dL"),
        ("Cystatin C mg per L", "cystatin_c", "mg/L"),
        ("LDL..mg.dL.", "ldl", "mg/dL"),
        ("albumin_gL", "albumin", "g/L"),
        ("Lymphocytes (%)", "lymphocytes", "%"),
        ("HbA1c%", "hba1c", "%"),
        ("Height in", "height", "in"),
        ("K\u00f6rpergr\u00f6\u00dfe (m)", "height", "m"),
        ("\u0413\u043b\u044e\u043a\u043e\u0437\u0430, \u043c\u043c\u043e\u043b\u044c/\u043b", "glucose", "mmol/L"),
        ("LBXSAL", "albumin", "g/dL"),
        ("LBXSAL (g/dL)", "albumin", "g/dL"),
        ("2160-0", "creatinine", "mg/dL"),
        ("MCV", "mean_cell_volume", "fL"),
        ("Sex (M/F)", "sex", None),
        ("RIAGENDR", "sex", None),
        ("Urea (mmol/L)", "urea_nitrogen", "mmol/L"),
        ("Harnstoff [mg/dL]", "urea_nitrogen", "mg/dL urea"),
        ("Blood urea, g/L", "urea_nitrogen", "g/L urea"),
    ],
)  # fmt: skip
def test_a_name_says_the_biomarker_and_its_unit(name, key, unit):
    assert read(name)[name] == (key, unit)


@pytest.mark.parametrize(
    "name", ["Age", "AGE (years)", "age, y", "Age_yrs", "Alter", "RIDAGEYR", "chronological_age"]
)
def test_age_has_many_names(name):
    assert read(name)[name] == ("chronological_age", "years")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RDW-SD", "RDW-SD in fL, not red_cell_width: give RDW-CV"),
        ("RDW (fL)", "RDW-SD in fL"),
        ("RDW-SD (fL)", "RDW-SD in fL"),
        ("LYM#", "an absolute lymphocyte count in 10^9/L"),
        ("Lymphocytes (10^9/L)", "an absolute lymphocyte count"),
        ("Lymphocytes absolute, K/uL", "an absolute lymphocyte count"),
        ("hs-CRP (nmol/L)", "CRP in nmol/L"),
        ("76486-0", "CRP in nmol/L"),
        ("Urea", "whole urea, not urea_nitrogen"),
        ("Glucose (g/L)", "glucose is read in mmol/L, mg/dL"),
        ("Glucose (2h)", "may be glucose; map it if it is"),
        ("Age (months)", "map it to chronological_age if it is the age in years"),
        ("LBXSAL (g/L)", "LBXSAL is in g/dL"),
    ],
)
def test_another_quantity_or_unit_is_never_read_and_it_is_said(name, words):
    found = read(name)
    assert name not in found
    (asked,) = found["asked"]
    assert name in asked
    assert words in asked


@pytest.mark.parametrize(
    "name", ["lymphocytes_1", "Glucose.1", "Age group", "sex ratio", "note", "mg/dL", "(mg/dL)", ""]
)
def test_names_that_only_resemble_are_left_alone(name):
    assert read(name) == {"bmi": ("bmi", "kg/m\u00b2"), "asked": ()}


def test_two_spellings_of_one_biomarker_are_asked_about():
    found = read("CRP", "hs-CRP")
    assert set(found) == {"bmi", "asked"}
    (asked,) = found["asked"]
    assert asked.startswith('"CRP" and "hs-CRP" may all be crp, so none is read; map one of them')
    assert read("CRP", "hs-CRP", mapping={"hs-CRP": "crp"})["asked"] == ()
    assert read("Age", "Age at visit")["asked"][0].startswith('"Age" and "Age at visit"')


def test_the_key_itself_and_the_first_alias_of_a_data_set_win():
    assert set(read("crp", "hs-CRP")) == {"crp", "bmi", "asked"}
    assert read("LBDSALSI", "LBXSAL")["LBXSAL"] == ("albumin", "g/dL")
    assert "LBDSALSI" not in read("LBDSALSI", "LBXSAL")
    assert set(read("Alter", "chronological_age")) == {"chronological_age", "bmi", "asked"}


def test_units_may_say_that_urea_is_meant():
    assert read("Urea", units={"urea_nitrogen": "mmol/L"})["Urea"] == ("urea_nitrogen", "mmol/L")
    found = read("Urea", units={"urea_nitrogen": "mg/dL"})
    assert found["Urea"] == ("urea_nitrogen", "mg/dL urea")
    found = read("Urea (mg/dL)", units={"urea_nitrogen": "mg/dL"})
    assert found["Urea (mg/dL)"] == ("urea_nitrogen", "mg/dL urea")


def test_a_unit_in_the_name_and_another_in_units_is_an_error_that_names_both():
    with pytest.raises(InvalidInput) as refused:
        read("Glucose (mg/dL)", units={"glucose": "mmol/L"})
    (problem,) = refused.value.problems
    assert problem.pointer == "/units/glucose"
    assert "mmol/L here, but mg/dL in the name of the column Glucose (mg/dL)" in problem.message
    assert read("Glucose (mg/dL)", units={"glucose": "MG/DL"})["Glucose (mg/dL)"][1] == "mg/dL"


def test_a_mapped_column_is_in_the_unit_of_its_name():
    assert read("Wert A [g/dL]", mapping={"Wert A [g/dL]": "albumin"})["Wert A [g/dL]"] == (
        "albumin",
        "g/dL",
    )
    assert read("Wert A (2)", mapping={"Wert A (2)": "albumin"})["Wert A (2)"][1] == "g/L"
    with pytest.raises(InvalidInput, match=r"g/dL here|g/L here"):
        read("A (g/dL)", mapping={"A (g/dL)": "albumin"}, units={"albumin": "g/L"})
    with pytest.raises(InvalidInput, match="an absolute lymphocyte count"):
        read("L (10^9/L)", mapping={"L (10^9/L)": "lymphocytes"})
    with pytest.raises(InvalidInput, match="whole urea"):
        read("Urea", mapping={"Urea": "urea_nitrogen"})
    found = read("Urea", mapping={"Urea": "urea_nitrogen"}, units={"urea_nitrogen": "mg/dL urea"})
    assert found["Urea"] == ("urea_nitrogen", "mg/dL urea")


def test_what_is_not_read_is_said_where_nothing_is():
    with pytest.raises(InvalidInput, match="RDW-SD in fL, not red_cell_width"):
        BatchReader(find_clock("phenoage"), ["RDW-SD", "note"])


def test_every_spelling_of_every_biomarker_is_read_with_every_spelling_of_every_unit():
    for key, entry in biomarkers().items():
        own = PanelSchema((feature(key),))
        for name in (key, *entry.names):
            for unit in entry.units:
                for spelled in (unit.name, *unit.spellings):
                    header = f"{name} ({spelled})"
                    if spelled.isdigit():
                        continue
                    (match,) = BatchReader(own, [header]).matches
                    assert (match.features, match.unit) == ((key,), unit.name), header
