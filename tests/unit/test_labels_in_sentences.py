"""A label in the middle of a sentence: small, but for abbreviations and German nouns."""

import pytest
from agelens.languages import in_language, in_sentence, translated_text

from dash_app.pages.result.what_if_requests import _with_labels


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Systolic blood pressure", "systolic blood pressure"),
        ("Lymphocytes, share of white cells", "lymphocytes, share of white cells"),
        ("Gamma-glutamyl transferase", "gamma-glutamyl transferase"),
        ("Glycated haemoglobin (HbA1c)", "glycated haemoglobin (HbA1c)"),
        ("C-reactive protein", "C-reactive protein"),
        ("CRP", "CRP"),
        ("HbA1c", "HbA1c"),
        ("HDL cholesterol", "HDL cholesterol"),
        ("pH", "pH"),
        ("", ""),
        ("Систолическое давление", "систолическое давление"),
        ("С-реактивный белок", "С-реактивный белок"),
        ("ЛПНП", "ЛПНП"),
    ],
)
def test_abbreviations_keep_their_capitals(label: str, within: str) -> None:
    assert in_sentence(label) == within
    assert in_sentence(label, "ru") == within
    assert in_sentence(label, "de") == label
    with in_language("de"):
        assert in_sentence(label) == label


def test_what_the_api_says_of_a_moved_answer_reads_as_a_sentence() -> None:
    rows = [
        {"feature": "systolic_bp", "label": "Systolic blood pressure"},
        {"feature": "diastolic_bp", "label": "Diastolic blood pressure"},
        {"feature": "crp", "label": "CRP"},
    ]
    result = {"contributions": rows}
    told = "diastolic_bp must be below systolic_bp, which is 90; crp is above"
    assert _with_labels(told, result) == (  # type: ignore[arg-type]  # only its contributions are read
        "Diastolic blood pressure must be below systolic blood pressure, which is 90; CRP is above"
    )


def test_in_russian_a_label_within_a_sentence_is_small() -> None:
    with in_language("ru"):
        text = translated_text(
            "Diastolic blood pressure must be below systolic blood pressure; were the two swapped?"
        )
    assert text[1:] == text[1:].lower()
    assert "blood" not in text
    assert "систолическ" in text
