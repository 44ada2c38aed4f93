"""The API's English sentences in another language, also those that were put together from parts."""

import re
from functools import cache, lru_cache
from itertools import chain, count, zip_longest

from agelens.languages import catalogues
from agelens.languages.catalogues import SOURCE, language
from agelens.languages.formats import localized_number
from agelens.languages.texts import in_sentence

API_FOLDER = "agelens/"  # where its texts are; those of pages would match anything: "{n} of {all}"
AGE_LABEL = "Chronological age"
REGISTRY_FILE = "agelens/domain/biomarkers.toml"
LONGEST_TEXT = 4000  # characters; nothing that is said is as long
# A place in a message: {name}, or {} and {:g} of texts for str.format
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)?(?::[^{}\"]*)?\}")
ADJACENT_PLACEHOLDERS = re.compile(r"(\{\w+\})(?:\{\w+\})+")
SEMICOLON = "; "
CLAUSE = re.compile(r"(?=; | \()")
SENTENCE_END = re.compile(r"(?<=[.!?]) ")
PROBLEM_END = re.compile(SEMICOLON)
LIST_SEPARATOR = re.compile(r"(, | and | or |; )")
# what a file or a person says, which stays as it is
QUOTED_PLACEHOLDER = re.compile(r'"\{(\w+)\}"')
AMOUNT = re.compile(r"([^;]+) ([+\u2212]\d[\d.,]*) (\S+)")  # "albumin +0.4 years"
# What is wrong, behind the key or the label of an answer
ANSWER_PROBLEM = re.compile(r"([^;:]+?) ((?:must|is|has|was|needs|cannot) .+)", re.DOTALL)
KEY = re.compile(r"[a-z][a-z0-9_]*")
NUMBER = re.compile(r"[-+\u2212]?\d{1,3}(,?\d{3})*(\.\d+)?")


# Units whose words depend on a whole number before them, and what is said with it
COUNTED_UNITS = {
    "years": ("{n} year", "{n} years"),
    "points": ("{n} point", "{n} points"),
    "rows": ("{n} row", "{n} rows"),
    "row": ("{n} row", "{n} rows"),
}
ROWS_PLACEHOLDER = "counted_rows"
# Names at which not just anything may stand; other names take what is between the words
PLACEHOLDER_PATTERNS = {ROWS_PLACEHOLDER: r"(\d[\d,]* rows?)", "left_out": r"(\d[\d,]*)"}


def translated_text(text: str) -> str:
    """What the API says in English, in the current language; English where it is not known.

    A sentence that was put together is found by the catalogue's messages that have `{names}`, and what
    stands at the names is translated in turn.
    """
    code = language()
    return text if code == SOURCE or not 0 < len(text) <= LONGEST_TEXT else _translated(code, text)


@lru_cache(maxsize=4096)
def _translated(code: str, text: str) -> str:
    translation = catalogues.catalogue(code).gettext(text)
    if translation != text:
        return translation
    # several sentences or problems before one pattern, whose names would take in whatever follows
    for boundary, joint in ((SENTENCE_END, " "), (PROBLEM_END, SEMICOLON)):
        parts = boundary.split(text)
        translated = [_translated(code, part) for part in parts] if len(parts) > 1 else []
        if translated and all(new != old for new, old in zip(translated, parts, strict=True)):
            return joint.join(translated)
    for pattern, names, quoted, translation in _patterns(code):
        if match := pattern.fullmatch(text):
            values = dict(zip(names, match.groups(), strict=True))
            translated_values = {
                n: v if n in quoted else _value(code, v) for n, v in values.items()
            }
            return _with_values(translation, translated_values)
    return _translated_problem(code, text)


def _translated_problem(code: str, text: str) -> str:
    """What is wrong with an answer, behind its label or key: "albumin must be a finite number"."""
    if match := ANSWER_PROBLEM.fullmatch(text):
        name, problem = match.groups()
        label = _label(code, name)
        if (label or KEY.fullmatch(name)) and (
            translation := _translated(code, problem)
        ) != problem:
            return f"{label or name}: {translation}"
    return text


def _label(code: str, text: str) -> str:
    """A label as it stands in a sentence; nothing where it is none."""
    label = _labels(code).get(text[:1].upper() + text[1:])
    return in_sentence(label, code) if label else ""


@cache
def _labels(code: str) -> dict[str, str]:
    """The labels of biomarkers, also without what they explain after a comma."""
    translations = catalogues.translations(code, under=REGISTRY_FILE)
    labels = {
        label: translation
        for label, translation in translations.items()
        if isinstance(translation, str)
    }
    age = {AGE_LABEL: catalogues.catalogue(code).gettext(AGE_LABEL)}
    return (
        {k.partition(",")[0]: translation.partition(",")[0] for k, translation in labels.items()}
        | labels
        | age
    )


def _with_values(translation: str, values: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: values.get(match[1], ""), translation)


def _value(code: str, value: str) -> str:
    """What stands at a name of a message: a number, a unit, a label, a sentence, or several in a row."""
    texts = catalogues.catalogue(code)
    if not value:
        return value  # gettext's entry of "" is the catalogue's header
    if NUMBER.fullmatch(value):
        return localized_number(value, code)
    if translation := _quantity(code, value):
        return translation
    if (translation := texts.pgettext("unit", value)) != value:
        return translation
    if (translation := _in_sentence(code, value)) != value:
        return translation
    parts = [part for clause in CLAUSE.split(value) for part in _listed(code, clause)]
    return "".join(parts)


def _quantity(code: str, value: str) -> str:
    """A number with its unit; "" of anything else."""
    texts = catalogues.catalogue(code)
    number, space, unit = value.partition(" ")
    digits = number.replace(",", "")
    if digits.isdecimal() and unit in COUNTED_UNITS:
        return texts.ngettext(*COUNTED_UNITS[unit], int(digits)).format(
            n=localized_number(number, code)
        )
    if NUMBER.fullmatch(number) and (translation := texts.pgettext("unit", unit)) != unit:
        return f"{localized_number(number, code)}{space}{translation}"
    return ""


def _listed(code: str, clause: str) -> list[str]:
    """A clause in a sentence, or what is listed in it."""
    translation = _in_sentence(code, clause)
    if translation != clause:
        return [translation]
    if clause.startswith(SEMICOLON):
        return [SEMICOLON, *_listed(code, clause.removeprefix(SEMICOLON))]
    texts = catalogues.catalogue(code)
    pieces = LIST_SEPARATOR.split(clause)  # an item, what joins it to the next, an item, ...
    pieces[::2] = [_in_sentence(code, item) for item in pieces[::2]]
    pieces[1::2] = [texts.pgettext("list", joint) for joint in pieces[1::2]]
    return pieces


def _in_sentence(code: str, text: str) -> str:
    """A text as it stands in a sentence, where labels begin with a small letter."""
    if not text:  # which a catalogue translates by its own head
        return text
    if translation := _quantity(code, text):
        return translation
    texts = catalogues.catalogue(code)
    for translation in (texts.pgettext("choice", text), _translated(code, text)):
        if translation != text:
            return translation
    if amount := AMOUNT.fullmatch(text):
        name, number, unit = amount.groups()
        return f"{_in_sentence(code, name)} {localized_number(number, code)} {texts.pgettext('unit', unit)}"
    label = text[:1].upper() + text[1:]
    translation = texts.gettext(label)
    return _label(code, text) or text if translation == label else in_sentence(translation, code)


@cache
def _patterns(code: str) -> list[tuple[re.Pattern[str], list[str], frozenset[str], str]]:
    """The translated messages that have names, with those in quotes; those that say most first.

    Names side by side, "{range}{hint}", are one: nothing tells where the first ends.
    """
    patterns = []
    translations = catalogues.translations(code, under=API_FOLDER)
    for message, translation in translations.items():
        if isinstance(translation, str) and PLACEHOLDER.search(message):
            message, translation = (_numbered(text) for text in (message, translation))
            # text, name, text, name, ...
            pieces = PLACEHOLDER.split(ADJACENT_PLACEHOLDERS.sub(r"\1", message))
            names = pieces[1::2]
            groups = [PLACEHOLDER_PATTERNS.get(name or "", "(.*?)") for name in names]
            literals = map(re.escape, pieces[::2])
            pattern = "".join(chain.from_iterable(zip_longest(literals, groups, fillvalue="")))
            specificity = ROWS_PLACEHOLDER in names, len("".join(pieces[::2]))
            quoted = frozenset(QUOTED_PLACEHOLDER.findall(message))
            patterns.append(
                (specificity, re.compile(pattern, re.DOTALL), names, quoted, translation)
            )
    patterns.sort(key=lambda each: each[0], reverse=True)
    return [each[1:] for each in patterns]


def _numbered(text: str) -> str:
    """A text for str.format with names, "{_1}", where it has none: "{:g}"."""
    numbers = count(1)
    return PLACEHOLDER.sub(lambda match: f"{{{match[1] or f'_{next(numbers)}'}}}", text)
