"""Amounts of credits as people type them."""

import pytest

from dash_app import amounts


@pytest.mark.parametrize(
    ("typed", "credits"),
    [
        ("50", 50),
        (" 50 ", 50),
        ("+50", 50),
        ("1 000", 1000),
        ("1\u202f000", 1000),
        ("1,000", 1000),
        ("1.000", 1000),
        ("12,345,678", 12345678),
        ("1'000", 1000),
        ("50,00", 50),
        ("50.0", 50),
        ("0", 0),
        ("-5", -5),
    ],
)
def test_whole_credits_however_they_are_grouped(typed: str, credits: int) -> None:
    assert amounts.whole(typed) == credits


@pytest.mark.parametrize("typed", ["fifty", "50,5", "1e3", "", "1,00,000", "٥٠", "5" * 30])
def test_anything_else_stays_what_was_typed_for_the_service_to_judge(typed: str) -> None:
    assert amounts.whole(typed) == typed


def test_only_amounts_become_part_of_an_idempotency_key():
    assert amounts.idempotency_key("attempt", 50) != amounts.idempotency_key("attempt", 60)
    assert amounts.idempotency_key("attempt", "50 €").isascii()
