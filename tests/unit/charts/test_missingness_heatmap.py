"""What is missing in a cohort, as a heat map."""

from typing import Any

import pytest
from agelens.charts import missingness, part_of

TOLD: dict[str, Any] = {
    "rows": 200,
    "features": [
        {"feature": "crp", "label": "C-reactive protein <high>", "rows": 100},
        {"feature": "hba1c", "label": "HbA1c", "rows": 1},
        {"feature": "albumin", "label": "Albumin", "rows": 0},
    ],
    "patterns": [
        {"features": [], "rows": 100},
        {"features": ["crp"], "rows": 99},
        {"features": ["crp", "hba1c"], "rows": 1},
    ],
    "other_rows": 0,
}


def notes(figure: Any) -> str:
    return " ".join(note.text for note in figure.layout.annotations)


def test_shares_stand_beside_what_is_missing_together() -> None:
    shares, patterns = missingness({"missingness": TOLD}).data
    assert [row[0] for row in shares.z] == [0.5, 0.005]
    assert [list(row) for row in patterns.z] == [[0, 1, 1], [0, 0, 1]]
    assert "missing in 100 people, 50\N{NO-BREAK SPACE}%" in shares.customdata[0][0]
    assert patterns.customdata[0][0].endswith("<br>Nothing is missing")
    assert patterns.customdata[1][2].endswith("C-reactive protein &lt;high&gt;<br>HbA1c")


def test_what_is_never_missing_has_no_row() -> None:
    figure = missingness({"missingness": TOLD})
    assert len(figure.layout.yaxis.ticktext) == 2
    assert len(figure.layout.xaxis.ticktext) == 4


def test_no_more_patterns_are_shown_than_asked_for() -> None:
    _, patterns = missingness({"missingness": TOLD}, patterns=2).data
    assert len(patterns.z[0]) == 2


def test_results_of_before_and_complete_ones_say_so() -> None:
    assert "before AgeLens counted" in notes(missingness({}))
    assert "before AgeLens counted" in notes(missingness({"missingness": None}))
    complete = TOLD | {"features": [each | {"rows": 0} for each in TOLD["features"]]}
    assert "Nothing is missing" in notes(missingness({"missingness": complete}))


@pytest.mark.parametrize(
    ("some", "text"), [(0, "0 %"), (1, "<1 %"), (10, "1 %"), (504, "50 %"), (999, ">99 %"), (1000, "100 %")]
)  # fmt: skip
def test_a_share_says_neither_none_nor_all_where_it_is_not_so(some: int, text: str) -> None:
    assert part_of(some, 1000).replace("\N{NO-BREAK SPACE}", " ") == text
