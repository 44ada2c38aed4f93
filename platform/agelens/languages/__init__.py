"""Texts, numbers and dates in the language of whoever reads them.

The source language is English: `_("Save {name}", name=draft)`. Catalogues are gettext's, one folder a
language under `translations/`, read through Babel when a language is first asked for. A text without
a translation stays English. What is said outside `in_language` is English, so that servers, files and
logs do not depend on who asked last; a notebook, which has one person, speaks a language everywhere. What the API says in English is translated by `translated_text`.
"""

from agelens.languages.answers import translated
from agelens.languages.api_messages import translated_text
from agelens.languages.catalogues import (
    LANGUAGES,
    PLURALS,
    SOURCE,
    default_language,
    in_language,
    language,
    set_default_language,
    set_language,
    translations,
)
from agelens.languages.formats import day, localized_number
from agelens.languages.texts import N_, _, in_sentence, ngettext, pgettext

__all__ = [
    "LANGUAGES",
    "N_",
    "PLURALS",
    "SOURCE",
    "_",
    "day",
    "default_language",
    "in_language",
    "in_sentence",
    "language",
    "localized_number",
    "ngettext",
    "pgettext",
    "set_default_language",
    "set_language",
    "translated",
    "translated_text",
    "translations",
]
