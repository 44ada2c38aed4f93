"""The languages, which of them is used now, and their catalogues."""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

SOURCE = "en"
LANGUAGES = {"en": "English", "ru": "Русский", "de": "Deutsch"}
# The plural forms of each catalogue, in gettext's order, by their names in Unicode's CLDR
PLURALS = {"en": ("one", "other"), "ru": ("one", "few", "many"), "de": ("one", "other")}
CATALOGUE_FOLDER = Path(__file__).parents[1] / "translations"

_current: ContextVar[str | None] = ContextVar("agelens_language", default=None)
_default: str | None = None


def language() -> str:
    """The code of the current language, such as "ru"."""
    return _current.get() or _default or SOURCE


def set_language(code: str) -> None:
    """Use this language from now on, in this thread or task; an unknown one is English."""
    _current.set(code if code in LANGUAGES else SOURCE)


def set_default_language(code: str) -> None:
    """Use this language where no other one is set, in all threads: for a process of one person.

    Raises
    ------
    ValueError
        If there is no such language, which a service would rather not tell anybody.
    """
    global _default
    if code not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {code!r}")
    catalogue(code)  # Babel may not be there: better now than in the middle of a page
    _default = code


def default_language() -> str | None:
    """What `set_default_language` was told; None before."""
    return _default


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Use a language within a block."""
    token = _current.set(code if code in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _current.reset(token)


def translations(code: str, *, under: str = "") -> dict[str, str | list[str]]:
    """The translated texts of a language by their English; a list where there are plural forms.

    `under` leaves out those that no file in this place has.
    """
    texts: dict[str, str | list[str]] = {}
    for message in _read(code) or ():
        if not message.id or message.context or not message.string or message.fuzzy:
            continue
        if under and not any(file.startswith(under) for file, _line in message.locations):
            continue
        if isinstance(message.id, tuple | list):
            texts[message.id[0]] = list(message.string)
        else:
            texts[message.id] = str(message.string)
    return texts


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The catalogue of a language; an empty one where there is none."""
    messages = _read(code)
    if messages is None:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo

    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _read(code: str) -> "Catalog | None":
    path = CATALOGUE_FOLDER / code / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return None
    # English needs no Babel, and programs that only speak it do not pay for its import
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale=code)
