"""The age between two days, and which days are taken."""

from datetime import date, timedelta

import pytest
from agelens.domain import dates
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("1974-02-11", "2026-02-10", 51.99),
        ("1974-02-11", "2026-02-11", 52.0),
        ("2008-11-28", "2026-11-28", 18.0),
        ("2000-02-29", "2001-02-28", 0.99),
        ("2000-02-29", "2001-03-01", 1.0),
        ("2000-02-29", "2004-02-29", 4.0),
        ("2026-03-01", "2026-02-28", -0.01),
    ],
)
def test_whole_years_turn_on_the_birthday(birth: str, day: str, age: float) -> None:
    found = dates.age_years(date.fromisoformat(birth), date.fromisoformat(day))
    assert found == pytest.approx(age)


@given(DAYS, st.integers(0, 40_000))
def test_an_age_grows_with_the_days_and_is_near_them(birth: date, passed: int) -> None:
    one, other = (dates.age_years(birth, birth + timedelta(passed + more)) for more in (0, 1))
    assert one <= other
    assert abs(one - passed / 365.2425) < 0.012


def test_a_day_in_the_future_or_long_ago_is_refused() -> None:
    assert dates.objection(dates.latest()) is None
    assert dates.objection(dates.latest() + timedelta(1)) == "must not be in the future"
    assert dates.objection(date(1900, 1, 1)) is None
    assert dates.objection(date(1899, 12, 31)) == "must not be before 1900"
    assert dates.latest() - dates.today() <= timedelta(1)
