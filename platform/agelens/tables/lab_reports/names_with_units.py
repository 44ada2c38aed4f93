"""Names of biomarkers with what else stands beside them: units, flags, specimens."""

import re
from functools import cache

from agelens.domain.registry import biomarkers
from agelens.domain.units import unit_key
from agelens.tables.lab_reports.markers import by_name, is_age
from agelens.tables.lab_reports.numbers import FLAG
from agelens.tables.lab_reports.results import LONGEST_TEXT

MOST_WORDS_OF_UNIT = 4
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_WORDLESS = re.compile(r"[\W\d_]*")
FOOTNOTE = re.compile(r"0[0-9]")  # LabCorp prints its laboratories so, beside the name
_WORD = re.compile(r"[^\W\d_][\w .,\-]*")


@cache
def _unit_keys() -> frozenset[str]:
    return frozenset(key for b in biomarkers().values() for unit in b.units for key in unit.keys)


def is_any_unit(text: str) -> bool:
    """Whether any biomarker has this unit."""
    return unit_key(text) in _unit_keys()


def without_asides(text: str) -> str:
    """A text without its brackets, but for words that belong to a name: "Glucose (urine)" is no glucose."""
    return BRACKETS.sub(lambda match: _kept_bracket(match[0]), text)


def asides(text: str) -> list[str]:
    """What stands in the brackets of a text."""
    return [bracket[1:-1].strip() for bracket in BRACKETS.findall(text)]


def name_and_units(text: str) -> tuple[str, list[str]]:
    """The biomarker, or age, that a text names, and what may be its unit; ("", []) if it is none."""
    if len(text) > LONGEST_TEXT:
        return "", []
    for words in (text.split(), without_asides(text).split()):
        while words and (_WORDLESS.fullmatch(words[0]) or FLAG.fullmatch(words[0])):
            words = words[1:]
        for cut in range(min(MOST_WORDS_OF_UNIT, len(words))):
            name_words, unit_words = words[: len(words) - cut], words[len(words) - cut :]
            name = " ".join(name_words).strip(" :;,=*.")
            if all(map(_adds_no_name, unit_words)) and (by_name(name) is not None or is_age(name)):
                unit = "".join(word for word in unit_words if not FLAG.fullmatch(word)).strip(
                    " :;,=*()[]"
                )
                return name, [unit_text for unit_text in (unit, *asides(text)) if unit_text]
    return "", []


def _adds_no_name(word: str) -> bool:
    """Whether a word behind a name is a flag, a sign, or a unit."""
    plain = word.strip("()[]:;,=")
    is_sign = FLAG.fullmatch(plain) or FOOTNOTE.fullmatch(plain)
    return bool(not plain or is_sign or is_any_unit(plain))


def _kept_bracket(bracket: str) -> str:
    words = bracket[1:-1].strip()
    is_word = _WORD.fullmatch(words) and not is_any_unit(words) and not FLAG.fullmatch(words)
    return f" ({words}) " if is_word else " "
