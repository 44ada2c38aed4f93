"""What the API says in English, in the current language: the prose of its answers.

The fields below are prose; keys, codes, units, names and what people typed are never touched.
"""

from typing import Any

from agelens.languages.api_messages import translated_text
from agelens.languages.catalogues import SOURCE, language
from agelens.languages.texts import pgettext

PROSE = frozenset(
    {
        "advice",
        "base_meaning",
        "detail",
        "explanation",
        "hints",
        "interval_reason",
        "label",
        "message",
        "method",
        "needs",
        "note",
        "notes",
        "quantity",
        "reason",
        "reference",
        "sentence",
        "source",
        "title",
        "warnings",
    }
)
NONE_PREFIX = "none: "


def translated(answer: Any) -> Any:
    """An answer of the API with its prose in the current language; its shape stays."""
    if language() == SOURCE:
        return answer
    return _walk(answer, is_prose=False)


def _walk(answer: Any, *, is_prose: bool) -> Any:
    if isinstance(answer, dict):
        return {key: _translated_field(key, value) for key, value in answer.items()}
    if isinstance(answer, list):
        return [_walk(each, is_prose=is_prose) for each in answer]
    return _translated_prose(answer) if is_prose and isinstance(answer, str) else answer


def _translated_field(key: str, value: Any) -> Any:
    if key == "group" and isinstance(value, str):  # one word, which means other things elsewhere
        return pgettext("group", value)
    return _walk(value, is_prose=key in PROSE)


def _translated_prose(text: str) -> str:
    """A text; why there is no interval begins with "none: ", which pages take off."""
    reason = text.removeprefix(NONE_PREFIX)
    return translated_text(text) if reason == text else NONE_PREFIX + translated_text(reason)
