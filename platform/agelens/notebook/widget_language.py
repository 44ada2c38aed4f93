"""The language of a notebook: one for all that a kernel shows, its threads included."""

from agelens import languages
from agelens.client.connection import language_of_environment


def set_language(language: str) -> None:
    """Show widgets, charts and sentences in this language from now on, "en", "ru" or "de".

    It is that of the whole kernel; what is on a page already stays as it is. Languages other than
    English need the package Babel.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    languages.set_default_language(language)


def use_language(language: str | None) -> None:
    """Use the language that a widget was given, else that of AGELENS_LANGUAGE, else the one so far."""
    wished = language or language_of_environment()
    if language:
        set_language(language)
    elif wished and languages.default_language() is None:
        set_language(wished)
