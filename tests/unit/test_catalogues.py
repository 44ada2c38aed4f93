"""The catalogues of the languages: complete, and each translation with the places of its text."""

import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from agelens.languages import LANGUAGES, PLURALS, catalogues
from agelens.languages.api_messages import PLACEHOLDER
from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).parents[2]
TRANSLATED = [code for code in LANGUAGES if code != "en"]
SIDE_BY_SIDE = re.compile(r"(?:\{\w+\}){2,}")


@pytest.fixture(scope="module")
def update() -> ModuleType:
    """`make translations`, without its make."""
    path = ROOT / "docs" / "translations" / "update.py"
    spec = importlib.util.spec_from_file_location("translations_update", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


@pytest.fixture(scope="module")
def template(update: ModuleType) -> Catalog:
    found: Catalog = update.template()
    return found


def strings(message: Message) -> list[str]:
    """A translation; several where there are plural forms."""
    found = message.string
    return [str(each) for each in (found if isinstance(found, tuple | list) else [found])]


def english(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, tuple | list) else [message.id]


def translated(update: ModuleType, code: str) -> list[Message]:
    return [m for m in update.catalogue(code) if m.id and any(strings(m)) and not m.fuzzy]


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_the_names_of_its_text(update: ModuleType, code: str) -> None:
    """A plural form may leave out the number: "one row"."""
    wrong = []
    for message in translated(update, code):
        known = {m[0] for text in english(message) for m in PLACEHOLDER.finditer(text)}
        for text in strings(message):
            names = Counter(m[0] for m in PLACEHOLDER.finditer(text))
            missing = known - names.keys()
            if names.keys() - known or (missing and not message.pluralizable):
                wrong.append((message.id, text))
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_names_side_by_side_stay_side_by_side(update: ModuleType, code: str) -> None:
    """The API's sentences are found again by their names; nothing tells where the first ends."""
    wrong = []
    for message in translated(update, code):
        if not message.pluralizable:
            groups = SIDE_BY_SIDE.findall(str(message.id))
            wrong += [(message.id, m) for m in groups if m not in strings(message)[0]]
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_plural_form_is_there(update: ModuleType, code: str) -> None:
    found = update.catalogue(code)
    assert found.num_plurals == len(PLURALS[code])
    for message in translated(update, code):
        if message.pluralizable:
            assert len(strings(message)) == len(PLURALS[code]), message.id
            assert all(strings(message)), message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_spaces_and_ends_agree(update: ModuleType, code: str) -> None:
    """What is glued to something else by a space, or ends a sentence, does so in each language."""
    wrong = []
    for message in translated(update, code):
        for text in strings(message):
            pair = (english(message)[0], text)
            starts = pair[0][:1].isspace() != pair[1][:1].isspace()
            ends = pair[0][-1:].isspace() != pair[1][-1:].isspace()
            stop = (
                pair[0].endswith(".")
                and " " in pair[0]
                and not text.endswith((".", "…", ".»", ")"))
            )
            if starts or ends or stop:
                wrong.append(pair)
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_can_be_spoken(code: str) -> None:
    assert catalogues.catalogue(code).gettext("Log in") != ""
    assert isinstance(catalogues.translations(code), dict)


def test_russian_is_complete(update: ModuleType, template: Catalog) -> None:
    """Against what the source says now; `make translations` brings the catalogue up to date."""
    found = {(m.context, str(m.id)): m for m in update.catalogue("ru") if m.id}
    missing = [
        message.id
        for message in template
        if message.id
        and (
            (known := found.get((message.context, str(message.id)))) is None
            or known.fuzzy
            or not all(strings(known))
        )
    ]
    assert missing == []


def test_russian_says_nothing_twice_by_mistake(update: ModuleType) -> None:
    """Latin letters that look like Russian ones are typing mistakes, which searching does not find."""
    mixed = re.compile(r"[А-Яа-яЁё][A-Za-z]|[A-Za-z][А-Яа-яЁё]")
    bare = [(m.id, PLACEHOLDER.sub("", s)) for m in translated(update, "ru") for s in strings(m)]
    assert [pair for pair in bare if mixed.search(pair[1])] == []


def test_german_has_no_russian_in_it(update: ModuleType) -> None:
    """Catalogues are filled in side by side; a text has once got into the wrong one."""
    cyrillic = re.compile(r"[А-Яа-яЁё]")
    assert [m.id for m in translated(update, "de") if any(map(cyrillic.search, strings(m)))] == []
