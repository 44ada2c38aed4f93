import json
import math
import re
import time

import pytest
from agelens.domain import features
from agelens.domain.errors import InvalidAnswers
from agelens.domain.features import feature
from agelens.domain.panel import read_panel
from agelens.domain.registry import biomarkers
from hypothesis import given, settings
from hypothesis import strategies as st
from kaggle_row import KAGGLE_ROW, SAME_ROW_BY_KEY

FEATURES = [feature(key) for key in biomarkers()]


def problems(answers, units=None, age=None, **options):
    with pytest.raises(InvalidAnswers) as caught:
        read_panel(FEATURES, answers, units, age, **options)
    return caught.value.problems


def test_answers_come_out_in_canonical_units_and_choices():
    panel = read_panel(
        FEATURES,
        {"glucose": 100, "height": 1.8, "smoking_status": "NEVER", "diet": "low carb"},
        {"glucose": "mg/dL", "height": "m"},
        61,
    )

    assert panel.values == pytest.approx(
        {"glucose": 5.55, "height": 180.0, "smoking_status": "never", "diet": "low-carb"}
    )
    assert panel.chronological_age == 61


def test_an_alias_carries_its_own_unit_and_transform():
    panel = read_panel(
        FEATURES,
        {
            "Blood Glucose Level (mg/dL)": 100,
            "Blood Pressure (s/d)": "120/80",
            "lncrp": math.log(1 + 0.5),  # 0.5 mg/dL
            "Education Level": "None",
        },
    )

    assert panel.values["glucose"] == pytest.approx(5.55)
    assert (panel.values["systolic_bp"], panel.values["diastolic_bp"]) == (120, 80)
    assert panel.values["crp"] == pytest.approx(5.0)
    assert panel.values["education_level"] == "none"


def cell_of(entry, alias):
    """A plausible value of a biomarker as a data set writes it, and the canonical value."""
    if entry.kind == "choice":
        choice = entry.choices[-1]
        codes = {meaning: code for code, meaning in alias.codes}
        return (int(codes[choice]) if codes else choice.title()), choice
    low, high = entry.typical or entry.plausible
    canonical = low + (high - low) / 8
    if alias.name == entry.key:  # read as the key: in the canonical unit
        return canonical, canonical
    unit = next(u for u in entry.units if u.name == alias.unit)
    number = (canonical - unit.offset) / unit.factor
    cells = {
        "expm1": math.log1p(number),
        "first_of_pair": f"{number}/60",
        "second_of_pair": f"120/{number}",
    }
    return cells.get(alias.transform, number), canonical


@pytest.mark.parametrize(
    ("entry", "alias"),
    [
        pytest.param(entry, alias, id=f"{entry.key}: {alias.name}")
        for entry in biomarkers().values()
        for alias in entry.aliases
    ],
)
def test_every_alias_of_the_registry_alone_is_an_answer(entry, alias):
    cell, canonical = cell_of(entry, alias)
    expected = canonical if entry.kind == "choice" else pytest.approx(canonical)

    assert read_panel(FEATURES, {alias.name: cell}).values[entry.key] == expected


@pytest.mark.parametrize("name", ["Gender", "gender", "GENDER"])
@pytest.mark.parametrize(("cell", "sex"), [("Male", "male"), (1, "male"), ("2", "female")])
def test_a_name_that_two_data_sets_share_is_read_as_either_writes_it(name, cell, sex):
    assert read_panel(FEATURES, {name: cell}).values == {"sex": sex}


@pytest.mark.parametrize("code", [1, 1.0, "1", "1.0", " 1.0 "])
def test_a_code_may_be_written_as_any_whole_number_is(code):
    assert read_panel(FEATURES, {"gender": code}, columns="bioage-r").values == {"sex": "male"}


@pytest.mark.parametrize("code", [True, False, 1.0000001, "1.4", 3, "nan", 10**400, [1]])
@pytest.mark.parametrize("columns", [None, "bioage-r"])
def test_what_is_no_code_is_refused_with_the_choices(code, columns):
    (problem,) = problems({"gender": code}, columns=columns)
    assert (problem.pointer, problem.field) == ("/answers/gender", "sex")
    assert problem.message.startswith("must be one of: 1 (male), 2 (female); not ")


def test_a_number_that_is_no_code_is_shown():
    (problem,) = problems({"gender": 3}, columns="bioage-r")
    assert problem.message == "must be one of: 1 (male), 2 (female); not 3"


def test_bilirubin_of_mg_per_dl_sent_as_umol_per_l_is_a_warning():
    panel = read_panel(FEATURES, {"bilirubin": 0.6})
    assert panel.warnings == ("bilirubin 0.6 looks like mg/dL; it was read as umol/L",)
    assert not read_panel(FEATURES, {"bilirubin": 0.6}, {"bilirubin": "mg/dL"}).warnings


def test_the_spellings_that_strangers_think_of_are_not_all_remembered(monkeypatch):
    monkeypatch.setattr(features, "MOST_REMEMBERED", 3)
    names = features.Names(FEATURES)
    spellings = [f"glucose{' ' * blanks}" for blanks in range(50)]

    assert {names.find(name)[0][0].feature.key for name in spellings} == {"glucose"}
    assert not any(names.find(f"unknown {place}") for place in range(50))
    assert len(names._found_targets) == 3


def test_a_shared_name_whose_answer_fits_no_data_set_is_one_problem():
    (answer,) = problems({"Gender": 3})
    (unit,) = problems({}, {"Gender": "cm"})

    assert (answer.pointer, answer.field) == ("/answers/Gender", "sex")
    assert "female, male" in answer.message
    assert (unit.pointer, unit.field) == ("/units/Gender", "sex")


def test_a_whole_row_under_the_kaggle_files_own_headers_is_the_canonical_panel():
    assert read_panel(FEATURES, KAGGLE_ROW).values == pytest.approx(SAME_ROW_BY_KEY)
    assert read_panel(FEATURES, SAME_ROW_BY_KEY).values == pytest.approx(SAME_ROW_BY_KEY)


def test_null_is_an_answer_that_was_not_given():
    assert read_panel(FEATURES, {"glucose": None, "Blood Pressure (s/d)": None}).values == {}


def test_a_key_wins_over_a_data_sets_name_unless_that_data_sets_columns_are_asked_for():
    assert read_panel(FEATURES, {"albumin": 42}).values["albumin"] == 42
    by_columns = read_panel(FEATURES, {"albumin": 4.2, "gender": 2}, columns="bioage-r")

    assert by_columns.values == {"albumin": 42, "sex": "female"}


def test_every_problem_is_told_at_once_with_its_pointer_and_field():
    found = problems(
        {"glucose": "5", "bmi": 10**400, "nonsense~/": 1, "Blood Pressure (s/d)": "120"},
        {"crp": "furlong"},
        -3,
    )

    assert {(p.pointer, p.field) for p in found} == {
        ("/answers/glucose", "glucose"),
        ("/answers/bmi", "bmi"),
        ("/answers/nonsense~0~1", "nonsense~/"),
        ("/answers/Blood Pressure (s~1d)", "systolic_bp"),
        ("/units/crp", "crp"),
        ("/chronological_age", "chronological_age"),
    }


@pytest.mark.parametrize(
    ("answer", "unit"),
    [
        ({"glucose": 95}, "mg/dL"),
        ({"albumin": 4.2}, "g/dL"),
        ({"creatinine": 0.9}, "mg/dL"),
        ({"height": 1.75}, "m"),
        ({"total_cholesterol": 200}, "mg/dL"),
        ({"hba1c": 42}, "mmol/mol"),
        ({"systolic_bp": 16}, "kPa"),
        ({"bone_density": 1050}, "mg/cm²"),
    ],
)
def test_a_value_in_another_unit_is_refused_and_the_unit_is_suggested(answer, unit):
    (problem,) = problems(answer)

    assert "must be between" in problem.message
    assert problem.message.endswith(f"would fit in {unit}")


def test_the_allowed_range_is_told_in_the_unit_that_was_sent():
    (problem,) = problems({"height": -1}, {"height": "m"})

    assert problem.message == "must be between 0.9 and 2.75 m"


def test_a_converted_range_is_told_in_few_digits_that_are_inside_it():
    (problem,) = problems({"glucose": 2000}, {"glucose": "mg/dL"})

    assert problem.message == "must be between 9.01 and 1081 mg/dL"


@pytest.mark.parametrize("key", [f.key for f in FEATURES if f.units])
def test_both_ends_of_a_told_range_are_accepted(key):
    for unit in feature(key).units:
        (problem,) = problems({key: 1e9}, {key: unit.name})
        ends = re.match(r"must be between (\S+) and (\S+)", problem.message).groups()
        for end in ends:
            sent = float(end)
            if unit is feature(key).units[0] and any(
                other.range and other.range[0] <= sent <= other.range[1]
                for other in feature(key).mistaken_for
            ):
                (problem,) = problems({key: sent})
                assert "looks like" in problem.message
                continue
            assert key in read_panel(FEATURES, {key: sent}, {key: unit.name}).values


def test_a_number_of_another_quantity_of_the_same_name_is_refused():
    red_cells, lymphocytes = problems({"red_cell_width": 39.5, "lymphocytes": 1.86})

    assert red_cells.message == ("39.5 looks like RDW-SD in fL, not like %; give RDW-CV, in %")
    assert lymphocytes.message.startswith("1.86 looks like an absolute lymphocyte count in 10^9/L")


def test_an_unusual_number_is_a_warning_that_says_what_is_usual():
    panel = read_panel(FEATURES, {"lymphocytes": 4, "crp": 120})

    assert panel.warnings == (
        "lymphocytes 4 % is unusual: nearly all adults are between 5.84 and 68.7 %; "
        "is it an absolute lymphocyte count in 10^9/L?",
        "crp 120 mg/L is unusual: nearly all adults are between 0.08 and 46.3 mg/L",
    )


@pytest.mark.parametrize(("systolic", "diastolic"), [(80, 120), (100, 100)])
def test_blood_pressures_in_the_wrong_order_are_refused(systolic, diastolic):
    (problem,) = problems({"systolic_bp": systolic, "diastolic_bp": diastolic})

    assert (problem.pointer, problem.field) == ("/answers/diastolic_bp", "diastolic_bp")
    assert problem.message == (
        f"must be below systolic_bp, which is {systolic}; were the two swapped?"
    )


@pytest.mark.parametrize("word", ["F", "woman", "W", "Female", " female ", "weiblich"])
def test_words_for_female(word):
    assert read_panel(FEATURES, {"sex": word}).values == {"sex": "female"}


@pytest.mark.parametrize("name", ["MCV", "Mean Corpuscular Volume", "LBXMCVSI", "787-2", "mcv"])
def test_spellings_and_codes_of_a_biomarker_are_understood(name):
    assert read_panel(FEATURES, {name: 90}).values == {"mean_cell_volume": 90}


def test_a_code_of_a_mass_concentration_carries_its_unit():
    assert read_panel(FEATURES, {"1751-7": 4.2}).values == {"albumin": pytest.approx(42)}


@pytest.mark.parametrize(
    ("key", "number", "unit", "canonical"),
    [
        ("white_cells", 5.8, "10*3/uL", 5.8),
        ("white_cells", 5.8, "x10^9/L", 5.8),
        ("white_cells", 5.8, "K/\N{MICRO SIGN}L", 5.8),
        ("white_cells", 5800, "{cells}/uL", 5.8),
        ("alkaline_phosphatase", 62, "[iU]/L", 62),
        ("albumin", 4.4, "gm/dL", 44),
        ("creatinine", 70, "mcmol/L", 70),
        ("systolic_bp", 120, "mm[Hg]", 120),
        ("urea_nitrogen", 30, "mg/dL urea", 30 * 28.0134 / 60.0553),
        ("urea_nitrogen", 0.3, "g/L urea", 30 * 28.0134 / 60.0553),
        ("hba1c", 5.4, "%{Hb}", 5.4),
    ],
)
def test_units_are_understood_as_reports_and_ucum_write_them(key, number, unit, canonical):
    panel = read_panel(FEATURES, {key: number}, {key: unit})

    assert panel.values[key] == pytest.approx(canonical, rel=1e-4)


def test_a_plausible_value_that_looks_like_another_unit_is_a_warning():
    panel = read_panel(FEATURES, {"diastolic_bp": 10.6})

    assert panel.warnings == ("diastolic_bp 10.6 looks like kPa; it was read as mmHg",)


def test_a_key_and_its_alias_together_are_refused_where_the_second_was_sent():
    (problem,) = problems({"glucose": 5, "Blood Glucose Level (mg/dL)": 90})

    assert problem.pointer == "/answers/Blood Glucose Level (mg~1dL)"
    assert problem.field == "glucose"


def test_a_unit_for_an_alias_must_be_the_aliass_own():
    (problem,) = problems({"Blood Glucose Level (mg/dL)": 90}, {"glucose": "mmol/L"})

    assert "is in mg/dL under this name" in problem.message


def test_an_unknown_feature_gets_a_suggestion():
    (problem,) = problems({"systolic_pb": 120})

    assert 'did you mean "systolic_bp"?' in problem.message


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Monocytes %", "it is a share of white cells in %, not monocytes: give the count"),
        ("neut", "it is a share of white cells in %, not neutrophils: give the count"),
        ("MCHC", "it is MCHC in g/dL, not mean_cell_haemoglobin: give the mass"),
        ("PDW-SD", "it is PDW in fL, not platelet_width: give PDW in %"),
        ("Urea", "it is whole urea, not urea_nitrogen: map it"),
    ],
)
def test_another_quantity_is_told_apart_and_no_biomarker_is_suggested_for_it(name, words):
    (problem,) = problems({name: 33})

    assert words in problem.message
    assert "did you mean" not in problem.message


def test_a_biomarker_that_the_clock_does_not_read_is_no_misspelling_of_another():
    few = [feature(key) for key in ("creatinine", "glucose")]
    for name in ("crp", "hs-CRP", "C-reactive protein"):
        with pytest.raises(InvalidAnswers) as caught:
            read_panel(few, {name: 3.6}, None, None)
        assert caught.value.problems[0].message == "is not a feature of this clock"


@pytest.mark.parametrize("name", ["age", "AGE", "Age (years)", "chronological_age"])
def test_an_age_among_the_answers_is_told_where_it_goes(name):
    (problem,) = problems({name: 50})
    assert (problem.field, problem.message) == (
        name,
        "is not a feature of this clock; did you mean chronological_age, beside the answers?",
    )
    (of_unit,) = problems({}, {name: "years"})
    assert "beside the answers" not in of_unit.message


@pytest.mark.parametrize(
    "sent",
    [True, "12,5", "80", "", [70], {"value": 70}, math.nan, math.inf, -math.inf, 1e308, 10**400, -5],
)  # fmt: skip
def test_what_is_no_usable_number_is_refused(sent):
    (problem,) = problems({"weight": sent})

    assert (problem.pointer, problem.field) == ("/answers/weight", "weight")


@pytest.mark.parametrize("sent", [3, True, "", "sometimes", ["never"], {}, math.nan, 10**400])
def test_what_is_no_choice_is_refused_with_the_choices(sent):
    (problem,) = problems({"smoking_status": sent})

    assert "must be one of: never, former, current" in problem.message


def test_age_is_required_only_where_the_clock_needs_it():
    assert read_panel(FEATURES, {}).chronological_age is None
    (problem,) = problems({}, needs_age=True)

    assert problem.pointer == "/chronological_age"


def test_required_features_are_asked_for():
    with pytest.raises(InvalidAnswers) as caught:
        read_panel([feature("albumin", required=True)], {})

    assert caught.value.problems[0].pointer == "/answers/albumin"


@pytest.mark.parametrize(
    ("answers", "units"), [([], None), ("x", None), ({}, ["mg/dL"]), (None, 3)]
)
def test_answers_and_units_must_be_objects(answers, units):
    assert problems(answers, units)


def test_ten_thousand_unknown_keys_are_refused_quickly_and_briefly():
    started = time.process_time()
    found = problems({f"unknown {i}" * 10: i for i in range(10_000)})

    assert len(found) <= 100
    assert time.process_time() - started < 2


def test_what_strangers_send_comes_back_without_control_characters():
    found = problems({"\0\ud800": 1, "smoking_status": "\0\x1b[31m"}, {"\0": "\0", "glucose": "\0"})

    for problem in found:
        text = problem.pointer + problem.field + problem.message
        assert text.isprintable()
        json.dumps(text).encode("utf-8")


NAMES = [f.key for f in FEATURES] + [alias.name for f in FEATURES for alias in f.aliases]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 1e308, 5e-324, -0.0]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["120/80", "1e999/1", "nan/2", "/", "None", "Male", "1"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
UNITS = sorted({unit.name for f in FEATURES for unit in f.units})
ANSWERS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=6), JSON, max_size=6)
UNIT_NAMES = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=3), st.sampled_from(UNITS) | JSON, max_size=3
)


@settings(max_examples=300)
@given(
    answers=ANSWERS | JSON,
    units=UNIT_NAMES | JSON,
    age=JSON,
    columns=st.sampled_from([None, "kaggle", "bioage-r"]),
)
def test_any_json_gives_a_panel_within_plausible_ranges_or_problems(answers, units, age, columns):
    found = panel_or_problems(answers, units, age, columns)

    if isinstance(found, list):
        assert found
        assert all(p.pointer.startswith("/") and p.message for p in found)
        return
    for f in FEATURES:
        value = found.values.get(f.key)
        if isinstance(value, str):
            assert value in f.choices
        elif value is not None:
            assert f.plausible[0] <= value <= f.plausible[1]


def panel_or_problems(answers, units, age, columns):
    try:
        return read_panel(FEATURES, answers, units, age, columns=columns)
    except InvalidAnswers as error:
        return list(error.problems)
