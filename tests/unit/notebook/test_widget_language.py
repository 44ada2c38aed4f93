"""Widgets in another language: the environment's, or the one that was asked for, in threads too."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import ipywidgets as widgets
import pytest
from agelens.languages import catalogues, in_language, language
from agelens.notebook import CohortView, Explorer, set_language
from unit.notebook.exploring import headline, number_of, settled, told
from unit.notebook.service import PRICE, Service, problem

ENGLISH = re.compile(r"[A-Za-z]{3,}")
# Names, units and code; what the made-up service calls its clock, biomarkers and note
SAME = re.compile(
    r"Made up|made-up|Systolic blood pressure|Systolic bp|Smoking status|Glucose|Height|"
    r"Blood|Body|There are two forms of it\.|agelens|kaggle|bioage-r|"
    r"CohortView\(client, \"people\.parquet\"\)|CSV|Parquet|JSON|PhenoAge"
)


@pytest.fixture(autouse=True)
def nothing_spoken_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Not even what an earlier test's request to the web app has left in this thread."""
    monkeypatch.setattr(catalogues, "_default", None)
    before = catalogues._current.set(None)
    yield
    catalogues._current.reset(before)


def texts(shown: Any) -> Iterator[str]:
    """What a widget and those in it show of words."""
    if isinstance(shown, widgets.HTML):
        yield unescape(re.sub(r"<style>.*</style>|<[^>]*>", " ", shown.value, flags=re.DOTALL))
    elif isinstance(shown, widgets.Label):
        yield shown.value
    yield from (str(getattr(shown, name, None) or "") for name in ("description", "tooltip"))
    if isinstance(shown, widgets.Dropdown | widgets.ToggleButtons):
        yield from (str(each[0] if isinstance(each, tuple) else each) for each in shown.options)
    yield from getattr(shown, "titles", ()) or ()
    for child in getattr(shown, "children", ()):
        yield from texts(child)


def english(shown: Any) -> list[str]:
    return [text for text in texts(shown) if ENGLISH.search(SAME.sub("", text))]


def test_an_explorer_speaks_russian_where_it_is_asked_to(service: Service) -> None:
    explorer = Explorer(service.client(), language="ru")
    assert f"«Рассчитать» ({PRICE} кредитов)" in headline(explorer)
    assert explorer._explorer_tab.button.description == f"Рассчитать ({PRICE} кредитов)"
    assert number_of(explorer, "glucose").label == "Glucose (обязательно)"
    explorer._tabs.selected_index = 1  # its form is made when it is looked at
    assert explorer._all_clocks_tab._check_worker.wait_until_idle(60)
    assert explorer.assess() is not None
    assert "48,0 до 58,0" in explorer._all_clocks_tab.table.value
    assert english(explorer) == []


def test_what_a_thread_says_is_russian_too(service: Service) -> None:
    explorer = Explorer(service.client(), language="ru")
    assert explorer.predict() is not None
    number_of(explorer, "systolic_bp").slider.value = 120
    settled(explorer)
    assert "сейчас 50,0, было 53,0" in headline(explorer)
    assert "бесплатно" in told(explorer)
    assert english(explorer) == []
    figure = " ".join(
        [
            *explorer.figure.layout.yaxis.ticktext,
            *(a.text for a in explorer.figure.layout.annotations),
        ]
    )
    assert "до изменений" in figure
    service.what_if_refusal = problem(422, "invalid_answers", "Not enough credits")
    service.refusal = problem(402, "insufficient_credits", "10 credits are needed")
    number_of(explorer, "systolic_bp").slider.value = 130
    settled(explorer)
    assert explorer.predict() is None
    assert "Не хватает кредитов, ничего не списано" in told(explorer)


def test_the_environment_chooses_and_an_argument_knows_better(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGELENS_LANGUAGE", "ru")
    assert english(CohortView(service.client())) == []
    assert language() == "ru"
    set_language("en")
    assert "Check" in list(texts(CohortView(service.client())))
    CohortView(service.client(), language="ru")
    assert language() == "ru"
    with in_language("en"):
        assert language() == "en"


def test_a_language_that_there_is_not_is_refused(service: Service) -> None:
    with pytest.raises(ValueError, match="one of en, ru, de"):
        Explorer(service.client(), language="fr")
    assert language() == "en"
