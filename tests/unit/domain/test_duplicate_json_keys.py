"""Keys that are there twice are found by their path."""

import json

import pytest
from agelens.domain.duplicate_json_keys import repeated_key
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"a": 1, "b": {"a": 1}}', None),
        ('{"a": 1, "a": 1}', ("a",)),
        ('{"a": 1, "\\u0061": 1}', ("a",)),
        ('{"a": {"b": 1, "b": 2}, "a": {}}', ("a",)),
        ('[{}, {"x": {"y": 1, "y": 2}}]', ("1", "x", "y")),
        ('{"": 1, "": 1}', ("",)),
        ("[" * 100_000 + "]" * 100_000, None),
        (f'{{"n": {"9" * 100_000}}}', None),
    ],
)
def test_the_path_to_the_key(text: str, path: tuple[str, ...] | None) -> None:
    assert repeated_key(text) == path
    assert repeated_key(text.encode()) == path


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(values)
def test_what_a_dictionary_can_hold_has_none(value: object) -> None:
    assert repeated_key(json.dumps(value)) is None
