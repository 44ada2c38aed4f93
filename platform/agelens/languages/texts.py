"""Texts in the current language, in the words of gettext."""

import re

from agelens.languages.catalogues import SOURCE, catalogue, language

_FIRST_WORD = re.compile(r"[^ ,;:()-]*")


def _(message: str, /, **values: object) -> str:
    """A text in the current language, with its `{names}` filled in."""
    is_source = (
        language() == SOURCE or not message
    )  # gettext's entry of "" is the catalogue's header
    text = message if is_source else catalogue(language()).gettext(message)
    return text.format(**values) if values else text


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A text that means different things in different places: pgettext("a person", "Free")."""
    code = language()
    text = message if code == SOURCE else catalogue(code).pgettext(context, message)
    return text.format(**values) if values else text


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """A text that depends on how many: ngettext("{n} row", "{n} rows", rows, n=rows)."""
    if language() == SOURCE:
        text = one if count == 1 else many
    else:
        text = catalogue(language()).ngettext(one, many, count)
    return text.format(**values) if values else text


def in_sentence(label: str, code: str | None = None) -> str:
    """A label within a sentence: small, but for abbreviations (CRP, HbA1c), and German nouns.

    It is in the current language, or in that of `code`.
    """
    first_word = _FIRST_WORD.match(label)
    letters = first_word[0][1:] if first_word else ""
    is_word = letters.isalpha() and letters.islower()
    stays = (code or language()) == "de" or not is_word
    return label if stays else label[:1].lower() + label[1:]


def N_(message: str, /) -> str:  # noqa: N802 - what gettext calls a text that is translated later
    """Mark a text of a constant for translation; `_(CONSTANT)` translates it where it is shown."""
    return message
