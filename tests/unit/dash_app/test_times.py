"""Moments for readers in any time zone."""

from datetime import UTC, datetime, timedelta, timezone

from dash_app import times

MOMENT = datetime(2026, 5, 4, 23, 30, 15, 999, tzinfo=timezone(timedelta(hours=2)))


def test_a_moment_is_written_in_utc_and_exact_in_its_title() -> None:
    shown = times.local(MOMENT)
    assert shown.children == "4 May 2026, 21:30 UTC"
    assert shown.title == shown.dateTime == "2026-05-04T21:30:15Z"
    assert datetime.fromisoformat(shown.dateTime) == MOMENT.astimezone(UTC).replace(microsecond=0)


def test_only_the_date_or_only_the_time() -> None:
    assert times.local(MOMENT, show="date").children == "4 May 2026"
    assert times.local(MOMENT, show="time").children == "21:30 UTC"


def test_what_never_happened_is_said() -> None:
    assert times.local(None) == "never"
