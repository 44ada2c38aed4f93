"""Collect the texts of the web app, the charts, the notebooks and the API, and bring the catalogues up to date.

`make translations` runs it. Translations stay; a text that changed is marked fuzzy and shown in English
until somebody has looked at it, and one that is gone is dropped.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from dash_app import script_texts

sys.path[:0] = [str(Path(__file__).parent)]
import marked_texts  # noqa: E402 - beside this file, which is no package
import server_texts  # noqa: E402

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "platform" / "agelens" / "translations"
TEMPLATE = FOLDER / "messages.pot"
PYTHON = ("dash_app", "platform/agelens/charts", "platform/agelens/notebook")
WIDTH = 100


def template() -> Catalog:
    """Everything that there is to translate, now."""
    found = Catalog(project="AgeLens", charset="utf-8")
    for folder in PYTHON:
        for path in sorted((ROOT / folder).rglob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            for message, context in marked_texts.of_file(path):
                found.add(message, None, [(file, None)], context=context)
    for name, message in script_texts.of_scripts():
        found.add(message, None, [(f"dash_app/assets/{name}", None)])
    for text in server_texts.everything():
        found.add(text.text, None, [(text.file, None)], context=text.context)
    return found


def catalogue(code: str) -> Catalog:
    """A language's catalogue as it is stored; an empty one at first."""
    path = _path(code)
    if not path.is_file():
        return Catalog(locale=code, project="AgeLens", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def main() -> None:
    """Write the template, and each language anew."""
    texts = template()
    FOLDER.mkdir(exist_ok=True)
    _write(TEMPLATE, texts, omit_header=True)
    for code in ("ru", "de"):
        found = catalogue(code)
        found.update(texts, update_creation_date=False)
        found.obsolete.clear()
        _write(_path(code), found)
        left = [message for message in found if message.id and not _is_translated(message)]
        print(f"{code}: {len(found)} texts, {len(left)} without a translation")


def _is_translated(message: object) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)  # type: ignore[attr-defined]  # Babel's Message
    return all(strings) and not message.fuzzy  # type: ignore[attr-defined]  # Babel's Message


def _path(code: str) -> Path:
    return FOLDER / code / "LC_MESSAGES" / "messages.po"


def _write(path: Path, found: Catalog, *, omit_header: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file,
            found,
            width=WIDTH,
            sort_by_file=True,
            include_lineno=False,
            ignore_obsolete=True,
            omit_header=omit_header,
        )


if __name__ == "__main__":
    main()
