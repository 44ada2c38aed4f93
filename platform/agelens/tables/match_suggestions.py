"""Columns that may be meant for a biomarker, by names that are like its names; a person decides."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from agelens.domain.features import Feature
from agelens.domain.panel import AGE
from agelens.domain.registry import age_names
from agelens.domain.single_answer import printable
from agelens.wire import MatchSuggestion

MOST_COLUMNS = 200  # are looked at
SHORTEST_NAME = 3  # of fewer letters many words are made
LIKE = 0.85  # of difflib's ratio: one letter of seven
AGE_LABEL = "Chronological age"
_WORDS = re.compile(r"[^\W_]+")


def match_suggestions(
    columns: Sequence[str], features: Sequence[Feature], missing: Iterable[str]
) -> list[MatchSuggestion]:
    """What columns that answer nothing may be meant to answer; nothing where two could be meant.

    Parameters
    ----------
    columns : sequence of str
        The names of the columns that answer nothing.
    features : sequence of Feature
        Of the clock.
    missing : iterable of str
        The keys that no column answers; AGE may be one.
    """
    missing_keys = set(missing)
    keys_by_words = _names(
        [f for f in features if f.key in missing_keys], with_age=AGE in missing_keys
    )
    labels = {f.key: f.label for f in features} | {AGE: AGE_LABEL}
    meanings = [(name, _key_of(name, keys_by_words)) for name in columns[:MOST_COLUMNS] if name]
    n_columns = Counter(key for _, key in meanings)
    return [
        {
            "column": name,
            "feature": key,
            "label": labels[key],
            "message": f'column "{printable(name)}" may be {labels[key]}',
        }
        for name, key in meanings
        if key is not None and n_columns[key] == 1
    ]


def _names(features: Sequence[Feature], *, with_age: bool) -> dict[tuple[str, ...], str]:
    """What everybody calls them, in words, with the key."""
    keys_by_words = {
        words: f.key
        for f in features
        for name in (f.key, f.label.partition("(")[0], *f.names)
        if len("".join(words := _words(name))) >= SHORTEST_NAME
    }
    ages = ("age", AGE, *age_names()) if with_age else ()
    return keys_by_words | {_words(name): AGE for name in ages}


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORDS.findall(name.casefold()))


def _key_of(column: str, keys_by_words: dict[tuple[str, ...], str]) -> str | None:
    """The only thing whose name stands within that of the column, or is spelled nearly like it."""
    words = _words(column)
    spans = {
        words[first:end]
        for first in range(len(words))
        for end in range(first + 1, min(len(words), first + 6) + 1)
    }
    spans_with_name = [span for span in spans if span in keys_by_words]
    keys = {keys_by_words[span] for span in spans_with_name}
    if len(keys) > 1:  # "red cell width" is not about red cells
        longest = max(spans_with_name, key=len)
        keys = {keys_by_words[s] for s in spans_with_name if not set(s) <= set(longest)} | {
            keys_by_words[longest]
        }
    if not keys:
        joined = {"".join(name): key for name, key in keys_by_words.items()}
        close = get_close_matches("".join(words), joined, n=2, cutoff=LIKE)
        keys = {joined[name] for name in close}
    return keys.pop() if len(keys) == 1 else None
