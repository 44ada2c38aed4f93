"""Which version comes next."""

import pytest
from agelens.services.retraining.versions import after


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (set(), "1.0.0"),
        ({"1.0.0"}, "1.1.0"),
        ({"1.9.0", "1.10.3"}, "1.11.0"),
        ({"2", "1.7"}, "2.1.0"),
        ({"3.1-beta", "1.2.3.4", "latest"}, "1.0.0"),
        ({"1.0.0", "2.0.0-rc1"}, "1.1.0"),
    ],
)
def test_the_next_minor_version_follows_the_highest_number(
    versions: set[str], expected: str
) -> None:
    assert after(versions) == expected
