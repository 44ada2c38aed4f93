"""What clocks lack that were not calculated, in words."""

import pytest
from agelens.client import ModelName, NotRun

from dash_app.pages.panel_results.missing_biomarkers import needs

LABELS = {"hba1c": "HbA1c", "albumin": "Albumin", "ggt": "Gamma-glutamyl transferase"}


def clock(*lacks: str, at_least: int, reason: str = "needs something") -> NotRun:
    return NotRun(ModelName("kdm", "1.0.0"), lacks, at_least, reason)


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        (clock("hba1c", at_least=1), "needs one more: HbA1c"),
        (clock("hba1c", "albumin", at_least=2), "needs 2 more: HbA1c, albumin"),
        (clock("hba1c", "albumin", at_least=1), "needs one more of: HbA1c, albumin"),
        (clock("chronological_age", at_least=1), "needs one more: age"),
        (clock(at_least=0, reason="is for ages from 20"), "is for ages from 20"),
    ],
)
def test_it_is_named_as_the_form_names_it(lacking: NotRun, words: str) -> None:
    assert needs(lacking, LABELS) == words


def test_of_many_the_first_are_named() -> None:
    many = clock(*(f"marker {n}" for n in range(9)), at_least=9)
    assert needs(many, {}).endswith("marker 5 and 3 others")
    seven = clock(*(f"marker {n}" for n in range(7)), at_least=7)
    assert needs(seven, {}).endswith("marker 5, marker 6")
