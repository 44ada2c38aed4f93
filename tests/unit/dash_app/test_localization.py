"""The language of a page: whose choice counts, and what the index hands to its scripts."""

import json
import re

import pytest
from agelens import languages
from flask.testing import FlaskClient
from unit.dash_app.web_app import api, app_with, send

from dash_app import localization, script_texts


@pytest.fixture
def browser() -> FlaskClient:
    return app_with(api()).test_client()


def spoken(browser: FlaskClient, asked: str = "", place: str = "/") -> str:
    """The language that the index says it is in."""
    page = browser.get(place, headers={"Accept-Language": asked} if asked else {}).text
    return re.search('<html lang="(.+?)">', page)[1]  # type: ignore[index]  # it is there


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-GB,ru;q=0.9", "en"),
        ("de-DE,de;q=0.9,en;q=0.8", "en"),  # German is only started
        ("fr", "en"),
        ("*", "en"),
    ],
)
def test_a_browser_is_answered_in_the_complete_language_that_it_prefers(
    browser: FlaskClient, asked: str, answered: str
) -> None:
    assert spoken(browser, asked) == answered


@pytest.mark.parametrize("code", ["ru", "de", "en"])
def test_a_choice_is_kept_and_leads_back_whatever_the_browser_prefers(
    browser: FlaskClient, code: str
) -> None:
    answer = send(browser, "language", language=code, next="/login?next=%2Fwallet")
    assert (answer.status_code, answer.location) == (303, "/login?next=%2Fwallet")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert spoken(browser, "ru" if code == "en" else "en") == code


def test_an_unknown_choice_changes_nothing_and_leads_nowhere_else(browser: FlaskClient) -> None:
    answer = send(browser, "language", language="xx", next="//evil.example")
    assert answer.location == "/"
    assert browser.get_cookie(localization.COOKIE) is None
    browser.set_cookie(localization.COOKIE, "<script>")
    assert spoken(browser) == "en"


def test_a_choice_comes_from_a_page_of_ours(browser: FlaskClient) -> None:
    assert browser.post("/forms/language", data={"language": "ru"}).status_code == 400


def test_nobody_hears_the_language_of_who_asked_before(browser: FlaskClient) -> None:
    assert spoken(browser, "ru") == "ru"
    assert languages.language() == "en"


def test_caches_keep_languages_apart(browser: FlaskClient) -> None:
    for place in ("/", "/_dash-layout"):
        assert {"cookie", "accept-language"} <= browser.get(place).vary.as_set()


def test_the_index_hands_the_texts_of_scripts_over_as_data_and_english_needs_none(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"Save {name}": "Сохранить </script>", "{n} row": ["{n} строка"], "More": "Ещё"}
    monkeypatch.setattr(languages, "translations", lambda _code: known)
    texts = ("Save {name}", ("{n} row", "{n} rows"), "Not translated")
    monkeypatch.setattr(script_texts, "of_scripts", lambda: [("a.js", text) for text in texts])
    localization._texts_element.cache_clear()
    assert 'id="texts"' not in browser.get("/").text
    page = browser.get("/", headers={"Accept-Language": "ru"}).text
    localization._texts_element.cache_clear()
    data = re.search('<script type="application/json" id="texts">(.*?)</script>', page)[1]  # type: ignore[index]  # it is there
    handed = json.loads(data)
    assert handed["texts"] == {"Save {name}": "Сохранить </script>", "{n} row": ["{n} строка"]}
    assert (handed["decimal"], handed["group"]) == (",", "\N{NO-BREAK SPACE}")
    assert handed["plurals"] == ["one", "few", "many"]


def test_texts_of_scripts_are_found_however_they_are_called() -> None:
    found = script_texts.of_script(
        """
        agelens.text("Save {name}", {name: x}); form.text("a key"); context("No");
        window.agelens.ntext(
            "{n} row", "{n} \\"rows\\"", n, {n: agelens.text("Inside")});
        say(text("Short"));
        """
    )
    assert list(found) == ["Save {name}", ("{n} row", '{n} "rows"'), "Inside", "Short"]
