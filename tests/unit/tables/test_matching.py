import math

import pytest
from agelens.clocks.batches import ColumnMatch, score_batch
from agelens.domain.errors import InvalidInput
from agelens.tables.batch_reader import BatchReader
from batch_files import File, example_file


def test_every_column_says_what_it_is_read_as(kaggle):
    header = ["id", "Gender", "Blood Pressure (s/d)", "Cholesterol Level (mg/dL)", "Age (years)"]

    reader = BatchReader(kaggle, header, columns="kaggle")

    assert reader.matches == (
        ColumnMatch("id", (), None),
        ColumnMatch("Gender", ("sex",), None),
        ColumnMatch("Blood Pressure (s/d)", ("systolic_bp", "diastolic_bp"), "mmHg"),
        ColumnMatch("Cholesterol Level (mg/dL)", ("total_cholesterol",), "mg/dL"),
        ColumnMatch("Age (years)", ("chronological_age",), "years"),
    )
    assert "glucose" in reader.missing
    assert not {"sex", "systolic_bp", "chronological_age"} & {*reader.missing}


def test_age_is_missing_only_of_clocks_that_need_it(kaggle, mortality):
    assert "chronological_age" in BatchReader(mortality, ["glucose"]).missing
    assert "chronological_age" not in BatchReader(kaggle, ["glucose"]).missing


def test_a_mapped_column_wins_over_the_column_of_that_name(mortality):
    reader = BatchReader(
        mortality,
        ["glucose", "Fasting", "years old", "sex"],
        mapping={"Fasting": "glucose", "years old": "chronological_age"},
        units={"glucose": "MG/DL"},
    )

    assert [(m.features, m.unit) for m in reader.matches] == [
        ((), None),
        (("glucose",), "mg/dL"),
        (("chronological_age",), "years"),
        (("sex",), None),
    ]


def test_half_of_a_pair_may_be_mapped_and_the_other_still_read_from_the_pair(kaggle):
    file = File(("Blood Pressure (s/d)", "sbp"), (["120/80", "x"], ["131", "132"]))
    reader = BatchReader(kaggle, file.header, columns="kaggle", mapping={"sbp": "systolic_bp"})

    batch = reader.read(file.part())

    assert batch.table.column("systolic_bp").tolist() == [131, 132]
    assert batch.table.column("diastolic_bp").tolist() == pytest.approx([80, math.nan], nan_ok=True)
    assert batch.warnings[1] == ('diastolic_bp must be text like "120/80"; it counts as missing',)


def test_units_are_those_of_plain_keys(mortality):
    plain = example_file(mortality, n_rows=1, units={"glucose": "mg/dL"})
    file = File(plain.header, plain.cells)
    canonical = example_file(mortality, n_rows=1)

    ages = [
        score_batch(mortality, reader.read(each.part()), first_row=1)[0]["prediction"][0].as_py()
        for each, reader in [
            (file, BatchReader(mortality, file.header, units={"glucose": "mg/dL"})),
            (canonical, BatchReader(mortality, canonical.header)),
        ]
    ]

    assert ages[0] == pytest.approx(ages[1], abs=1e-9)


def test_columns_without_a_name_or_with_an_endless_one_can_be_mapped(kaggle):
    file = File(("", "x" * 300), (["5.4"], ["130"]))

    reader = BatchReader(kaggle, file.header, mapping={"": "glucose", "x" * 300: "systolic_bp"})

    batch = reader.read(file.part())
    assert batch.table.column("glucose").tolist() == [5.4]
    assert batch.table.column("systolic_bp").tolist() == [130]


@pytest.mark.parametrize(
    ("options", "pointer", "words"),
    [
        ({"columns": "excel"}, "/columns", "must be one of: agelens, kaggle, bioage-r"),
        ({"columns": "kaggle"}, "/columns", "no column of the file is one of"),
        ({"mapping": {"gluc": "glucose"}}, "/mapping/gluc", "the file has no such column"),
        ({"mapping": {"a/b": "glucos"}}, "/mapping/a~1b", 'did you mean "glucose"'),
        ({"mapping": {"a/b": "age"}}, "/mapping/a~1b", '"age" is not a feature of this clock'),
        ({"mapping": {"a/b": "sex", "glucose": "sex"}}, "/mapping/glucose", "answered by a/b"),
        ({"mapping": {"a/b": "sex", "A/B": "glucose"}}, "/mapping/A~1B", "is named twice"),
        ({"units": {"glucose": "stone"}}, "/units/glucose", "must be an accepted unit: mmol/L"),
        ({"units": {"sex": "mg/dL"}}, "/units/sex", "none, it is a choice"),
        ({"units": {"glucoze": "mg/dL"}}, "/units/glucoze", 'did you mean "glucose"'),
        ({"units": {"albumin": "g/L"}}, "/units/albumin", "is answered by no column of the file"),
        ({"id_column": "SEQN"}, "/id_column", 'the file has no column "SEQN"'),
    ],
)
def test_options_that_do_not_fit_the_file_are_refused_by_name(mortality, options, pointer, words):
    with pytest.raises(InvalidInput) as refused:
        BatchReader(mortality, ["a/b", "glucose"], **options)

    (problem,) = refused.value.problems
    assert problem.pointer == pointer
    assert words in problem.message


def test_a_unit_for_a_column_whose_name_has_one_is_refused(mortality):
    with pytest.raises(InvalidInput, match="is in mg/dL in the column glucose; map the column"):
        BatchReader(mortality, ["glucose"], columns="bioage-r", units={"glucose": "mmol/L"})

    reader = BatchReader(mortality, ["glucose"], columns="bioage-r", units={"glucose": "mg/dl"})
    assert reader.matches[0].unit == "mg/dL"


def test_every_problem_of_a_mapping_is_told_at_once(mortality):
    with pytest.raises(InvalidInput) as refused:
        BatchReader(mortality, ["glucose"], mapping={"x": "sex", "y": "sex"})

    assert [problem.pointer for problem in refused.value.problems] == ["/mapping/x", "/mapping/y"]


def test_a_column_that_is_mapped_to_ignored_answers_nothing(mortality):
    header = ["glucose", "chronological_age", "albumin"]
    mapping = {"glucose": "ignored", "chronological_age": "ignored"}

    reader = BatchReader(mortality, header, mapping=mapping)

    assert [match.features for match in reader.matches] == [(), (), ("albumin",)]
    assert "glucose" in reader.missing
