"""The API's English sentences in another language, also those that were put together from parts."""

import re
from functools import cache, lru_cache
from itertools import chain, count, zip_longest

from agelens.languages import catalogues
from agelens.languages.catalogues import SOURCE, language
from agelens.languages.formats import localized_number
from agelens.languages.texts import in_sentence

OF_THE_API = "agelens/"  # where its texts are; those of pages would match anything: "{n} of {all}"
AGE = "Chronological age"
REGISTRY = "agelens/domain/biomarkers.toml"
LONGEST_SAID = 4000  # characters; nothing that is said is as long
# A place in a message: {name}, or {} and {:g} of texts for str.format
PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)?(?::[^{}\"]*)?\}")
SIDE_BY_SIDE = re.compile(r"(\{\w+\})(?:\{\w+\})+")
SEMICOLON = "; "
CLAUSE = re.compile(r"(?=; | \()")
SENTENCE_END = re.compile(r"(?<=[.!?]) ")
PROBLEM_END = re.compile(SEMICOLON)
LIST = re.compile(r"(, | and | or |; )")
QUOTED = re.compile(r'"\{(\w+)\}"')  # what a file or a person says, which stays as it is
AMOUNT = re.compile(r"([^;]+) ([+\u2212]\d[\d.,]*) (\S+)")  # "albumin +0.4 years"
# What is wrong, behind the key or the label of an answer
WRONG = re.compile(r"([^;:]+?) ((?:must|is|has|was|needs|cannot) .+)", re.DOTALL)
KEY = re.compile(r"[a-z][a-z0-9_]*")
NUMBER = re.compile(r"[-+\u2212]?\d{1,3}(,?\d{3})*(\.\d+)?")


# Units whose words depend on a whole number before them, and what is said with it
COUNTED = {
    "years": ("{n} year", "{n} years"),
    "points": ("{n} point", "{n} points"),
    "rows": ("{n} row", "{n} rows"),
    "row": ("{n} row", "{n} rows"),
}
ROWS = "counted_rows"
# Names at which not just anything may stand; other names take what is between the words
ONLY = {ROWS: r"(\d[\d,]* rows?)", "left_out": r"(\d[\d,]*)"}


def translated_text(text: str) -> str:
    """What the API says in English, in the current language; English where it is not known.

    A sentence that was put together is found by the catalogue's messages that have `{names}`, and what
    stands at the names is translated in turn.
    """
    spoken = language()
    return text if spoken == SOURCE or not 0 < len(text) <= LONGEST_SAID else _said(spoken, text)


@lru_cache(maxsize=4096)
def _said(code: str, text: str) -> str:
    known = catalogues.catalogue(code).gettext(text)
    if known != text:
        return known
    # several sentences or problems before one pattern, whose names would take in whatever follows
    for end, joint in ((SENTENCE_END, " "), (PROBLEM_END, SEMICOLON)):
        parts = end.split(text)
        translated = [_said(code, part) for part in parts] if len(parts) > 1 else []
        if translated and all(new != old for new, old in zip(translated, parts, strict=True)):
            return joint.join(translated)
    for pattern, names, quoted, translation in _patterns(code):
        if match := pattern.fullmatch(text):
            values = dict(zip(names, match.groups(), strict=True))
            spoken = {n: v if n in quoted else _value(code, v) for n, v in values.items()}
            return _filled(translation, spoken)
    return _of_key(code, text)


def _of_key(code: str, text: str) -> str:
    """What is wrong with an answer, behind its label or key: "albumin must be a finite number"."""
    if match := WRONG.fullmatch(text):
        name, problem = match.groups()
        label = _label(code, name)
        if (label or KEY.fullmatch(name)) and (found := _said(code, problem)) != problem:
            return f"{label or name}: {found}"
    return text


def _label(code: str, text: str) -> str:
    """A label as it stands in a sentence; nothing where it is none."""
    found = _labels(code).get(text[:1].upper() + text[1:])
    return in_sentence(found, code) if found else ""


@cache
def _labels(code: str) -> dict[str, str]:
    """The labels of biomarkers, also without what they explain after a comma."""
    known = catalogues.translations(code, under=REGISTRY)
    whole = {label: said for label, said in known.items() if isinstance(said, str)}
    age = {AGE: catalogues.catalogue(code).gettext(AGE)}
    return {k.partition(",")[0]: said.partition(",")[0] for k, said in whole.items()} | whole | age


def _filled(translation: str, values: dict[str, str]) -> str:
    return PLACE.sub(lambda place: values.get(place[1], ""), translation)


def _value(code: str, value: str) -> str:
    """What stands at a name of a message: a number, a unit, a label, a sentence, or several in a row."""
    texts = catalogues.catalogue(code)
    if not value:
        return value  # gettext's entry of "" is the catalogue's header
    if NUMBER.fullmatch(value):
        return localized_number(value, code)
    if found := _quantity(code, value):
        return found
    if (found := texts.pgettext("unit", value)) != value:
        return found
    if (found := _in_sentence(code, value)) != value:
        return found
    parts = [part for clause in CLAUSE.split(value) for part in _listed(code, clause)]
    return "".join(parts)


def _quantity(code: str, value: str) -> str:
    """A number with its unit; "" of anything else."""
    texts = catalogues.catalogue(code)
    number, space, unit = value.partition(" ")
    digits = number.replace(",", "")
    if digits.isdecimal() and unit in COUNTED:
        return texts.ngettext(*COUNTED[unit], int(digits)).format(n=localized_number(number, code))
    if NUMBER.fullmatch(number) and (known := texts.pgettext("unit", unit)) != unit:
        return f"{localized_number(number, code)}{space}{known}"
    return ""


def _listed(code: str, clause: str) -> list[str]:
    """A clause in a sentence, or what is listed in it."""
    found = _in_sentence(code, clause)
    if found != clause:
        return [found]
    if clause.startswith(SEMICOLON):
        return [SEMICOLON, *_listed(code, clause.removeprefix(SEMICOLON))]
    words = catalogues.catalogue(code)
    pieces = LIST.split(clause)  # an item, what joins it to the next, an item, ...
    pieces[::2] = [_in_sentence(code, item) for item in pieces[::2]]
    pieces[1::2] = [words.pgettext("list", joint) for joint in pieces[1::2]]
    return pieces


def _in_sentence(code: str, text: str) -> str:
    """A text as it stands in a sentence, where labels begin with a small letter."""
    if not text:  # which a catalogue translates by its own head
        return text
    if found := _quantity(code, text):
        return found
    texts = catalogues.catalogue(code)
    for found in (texts.pgettext("choice", text), _said(code, text)):
        if found != text:
            return found
    if amount := AMOUNT.fullmatch(text):
        name, number, unit = amount.groups()
        return f"{_in_sentence(code, name)} {localized_number(number, code)} {texts.pgettext('unit', unit)}"
    label = text[:1].upper() + text[1:]
    found = texts.gettext(label)
    return _label(code, text) or text if found == label else in_sentence(found, code)


@cache
def _patterns(code: str) -> list[tuple[re.Pattern[str], list[str], frozenset[str], str]]:
    """The translated messages that have names, with those in quotes; those that say most first.

    Names side by side, "{range}{hint}", are one: nothing tells where the first ends.
    """
    found = []
    known = catalogues.translations(code, under=OF_THE_API)
    for message, translation in known.items():
        if isinstance(translation, str) and PLACE.search(message):
            message, translation = (_numbered(text) for text in (message, translation))
            pieces = PLACE.split(SIDE_BY_SIDE.sub(r"\1", message))  # text, name, text, name, ...
            names = pieces[1::2]
            places = [ONLY.get(name or "", "(.*?)") for name in names]
            words = map(re.escape, pieces[::2])
            pattern = "".join(chain.from_iterable(zip_longest(words, places, fillvalue="")))
            said_most = ROWS in names, len("".join(pieces[::2]))
            quoted = frozenset(QUOTED.findall(message))
            found.append((said_most, re.compile(pattern, re.DOTALL), names, quoted, translation))
    found.sort(key=lambda each: each[0], reverse=True)
    return [each[1:] for each in found]


def _numbered(text: str) -> str:
    """A text for str.format with names, "{_1}", where it has none: "{:g}"."""
    numbers = count(1)
    return PLACE.sub(lambda place: f"{{{place[1] or f'_{next(numbers)}'}}}", text)
