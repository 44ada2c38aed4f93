"""Texts in the language of whoever reads: what is filled in, what stays English, who speaks what."""

import threading
from pathlib import Path

import pytest
from agelens import charts, languages
from agelens.languages import (
    N_,
    _,
    api_messages,
    catalogues,
    in_language,
    language,
    ngettext,
    pgettext,
    set_language,
)

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "Save {name}"
msgstr "Сохранить: {name}"

msgid "{n} row"
msgid_plural "{n} rows"
msgstr[0] "{n} строка"
msgstr[1] "{n} строки"
msgstr[2] "{n} строк"

msgctxt "price"
msgid "Free"
msgstr "Бесплатно"
"""


@pytest.fixture
def russian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(catalogues, "CATALOGUE_FOLDER", tmp_path)
    catalogues.catalogue.cache_clear()
    yield
    catalogues.catalogue.cache_clear()


def test_english_is_what_is_written() -> None:
    assert language() == "en"
    assert _("Save {name}", name="draft") == "Save draft"
    assert _("100 % {of it}") == "100 % {of it}"
    assert [ngettext("{n} row", "{n} rows", n, n=n) for n in (0, 1, 2)] == [
        "0 rows",
        "1 row",
        "2 rows",
    ]
    assert pgettext("price", "Free") == N_("Free") == "Free"


@pytest.mark.usefixtures("russian")
def test_russian_comes_from_the_catalogue_with_its_three_plurals() -> None:
    with in_language("ru"):
        assert _("Save {name}", name="{x}") == "Сохранить: {x}"
        found = [ngettext("{n} row", "{n} rows", n, n=n) for n in (1, 3, 11, 22, 25)]
        assert found == ["1 строка", "3 строки", "11 строк", "22 строки", "25 строк"]
        assert pgettext("price", "Free") == "Бесплатно"
        assert pgettext("a person", "Free") == "Free"
        assert _("Not in the catalogue") == "Not in the catalogue"
    assert _("Save {name}", name="x") == "Save x"


@pytest.mark.usefixtures("russian")
def test_a_thread_speaks_for_itself_and_an_unknown_language_is_english() -> None:
    said: list[str] = []

    def speak() -> None:
        set_language("ru")
        said.append(_("Save {name}", name="a"))
        set_language("xx")
        said.append(_("Save {name}", name="a"))

    thread = threading.Thread(target=speak)
    thread.start()
    thread.join()
    assert said == ["Сохранить: a", "Save a"]
    assert language() == "en"


SAID = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

#: agelens/x.py
msgid "Albumin"
msgstr "Альбумин"

#: agelens/x.py
msgid "Glucose"
msgstr "Глюкоза"

#: agelens/x.py
msgid "must be between {low} and {high}"
msgstr "должно быть от {low} до {high}"

#: agelens/x.py
msgid "needs {names}"
msgstr "нужны: {names}"

#: agelens/x.py
msgid "needs chronological_age"
msgstr "нужен возраст"

#: agelens/x.py
msgid "{label} {shown} is unusual: {range}{hint}"
msgstr "{label}: {shown} — необычно: {range}{hint}"

#: agelens/x.py
msgid "; is it {unit}?"
msgstr "; это {unit}?"

#: agelens/x.py
msgid "between {:g} and {:g} for this clock"
msgstr "от {:g} до {:g} для этой модели"

#: agelens/x.py
msgid "must be like {\\"sex\\": {\\"1\\": \\"male\\"}}"
msgstr "должно быть как {\\"sex\\": {\\"1\\": \\"male\\"}}"

msgctxt "choice"
msgid "female"
msgstr "женский"

msgctxt "list"
msgid " and "
msgstr " и "
"""


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(SAID, encoding="utf-8")
    monkeypatch.setattr(catalogues, "CATALOGUE_FOLDER", tmp_path)
    caches = (
        catalogues.catalogue,
        api_messages._patterns,
        api_messages._labels,
        api_messages._translated,
    )
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("Albumin", "Альбумин"),
        ("must be between 1,234.5 and 2,000", "должно быть от 1\u00a0234,5 до 2\u00a0000"),
        ("needs albumin, glucose and bmi", "нужны: альбумин, глюкоза и bmi"),
        ("needs chronological_age", "нужен возраст"),
        (
            "Glucose 99 is unusual: between 3 and 7 for this clock; is it mg/dL?",
            "Глюкоза: 99 — необычно: от 3 до 7 для этой модели; это mg/dL?",
        ),
        ("Needs a doctor.", "Needs a doctor."),
        ('must be like {"sex": {"1": "male"}}', 'должно быть как {"sex": {"1": "male"}}'),
        ("needs female", "нужны: женский"),
        ("needs albumin +0.4 x; glucose −1.5 x", "нужны: альбумин +0,4 x; глюкоза −1,5 x"),
        ("", ""),
    ],
)
def test_what_the_api_says_is_found_again_also_where_it_was_put_together(
    english: str, russian: str
) -> None:
    assert languages.translated_text(english) == english
    with in_language("ru"):
        assert languages.translated_text(english) == russian


@pytest.mark.usefixtures("served")
def test_a_text_too_long_to_be_said_is_left_alone() -> None:
    with in_language("ru"):
        assert languages.translated_text("needs " + "x" * 5000) == "needs " + "x" * 5000


@pytest.mark.parametrize(
    ("said", "in_russian"),
    [
        (
            "Whether this change is more than chance cannot be said: only 1 of the 4 markers of this "
            "panel have a published within-person variation. What moved most: Albumin +0.1 years.",
            "Случайно ли это изменение, сказать нельзя: опубликованный разброс у одного человека есть "
            "только для 1 из 4 показателей набора. Сильнее всего изменилось: Альбумин +0,1 года.",
        ),
        ('albumin must be a number, not text ("much")', "альбумин: должно быть число, а не текст («much»)"),
        ("1 row: albumin must be a number, not text", "1 строка: альбумин: должно быть число, а не текст"),
        ("2,000 rows lack blood glucose", "2\u00a0000 строк, не хватает: глюкоза"),
        (
            "5 rows: C-reactive protein must be between 0 and 1000 mg/L",
            "5 строк: С-реактивный белок: должно быть от 0 до 1000 мг/л",
        ),
        (
            "3 rows: chronological age is beyond 20 to 85, where this clock was validated",
            "3 строки: возраст вне пределов от 20 до 85, для которых модель проверена",
        ),
        (
            "46 rows: the age gap is ranked with the missing markers estimated from the others",
            "46 строк: место определено с пропущенными показателями, оценёнными по остальным",
        ),
        ("lymphocytes is required by this clock", "лимфоциты: без этого значения модель не считает"),
        (
            'column "sex" is read as albumin in g/L, but its median is 4.2: is it g/dL?',
            "столбец «sex» прочитан как альбумин в г/л, но медиана 4,2: может быть, это г/дл?",
        ),
        (
            'the columns are named in row 4 of sheet "Sex": "id, age, sex, albumin"',
            'названия столбцов в строке 4 листа "Sex": «id, age, sex, albumin»',
        ),
    ],
)  # fmt: skip
def test_what_the_api_puts_together_is_found_again(said: str, in_russian: str) -> None:
    with languages.in_language("ru"):
        assert languages.translated_text(said) == in_russian


def test_units_that_are_words_follow_whole_numbers() -> None:
    with languages.in_language("ru"):
        shown = [charts.quantity(number, "years") for number in ("1", "52", "65", "52,3")]
    assert shown == ["1 год", "52 года", "65 лет", "52,3 года"]
    assert charts.quantity("65", "years") == "65 years"
