"""The language of a page: what a person chose, else what their browser asks for.

A choice is kept in a cookie, so that it works for visitors without an account. Without one, Russian
and English follow the browser; German, which is only started, is spoken when it is chosen.
"""

import json
from functools import cache
from html import escape

from agelens import languages
from agelens.languages import LANGUAGES, SOURCE, _
from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from dash_app import script_texts, sessions

COOKIE = "agelens_language"
COOKIE_SECONDS = 365 * 24 * 60 * 60
COMPLETE = ("en", "ru")  # what a browser is answered in unasked


def init_app(server: Flask) -> None:
    """Speak the language of each request, and take a choice; before anything else may answer."""
    server.before_request(_speak)
    server.teardown_request(_fall_silent)
    server.after_request(_vary)
    server.add_url_rule("/forms/language", "language", _choose, methods=["POST"])


def of_request() -> str:
    """The code of the language that this request is answered in."""
    from_cookie = request.cookies.get(COOKIE)
    if from_cookie in LANGUAGES:
        return str(from_cookie)
    preferred = (tag.lower().split("-")[0] for tag in request.accept_languages.values())
    return next((code for code in preferred if code in COMPLETE), SOURCE)


def fill_index(page: str) -> str:
    """Give the index its language, and the texts that scripts show."""
    parts = {
        "language": languages.language(),
        "texts": _texts_element(languages.language()),
        "description": escape(
            _(
                "AgeLens estimates a biological age from health biomarkers and explains every "
                "number it gives."
            )
        ),
        "noscript": escape(_("AgeLens needs JavaScript in the browser. Its API does not.")),
    }
    for name, text in parts.items():
        page = page.replace(f"{{%{name}%}}", text)
    return page


@cache
def _texts_element(code: str) -> str:
    """Data, not a script: the content security policy allows no inline script and needs no hole."""
    if code == SOURCE:
        return ""
    spoken = {
        "decimal": languages.localized_number(".", code),
        "group": languages.localized_number(",", code),
        "plurals": languages.PLURALS[code],
        "texts": _script_texts(code),
    }
    data = json.dumps(spoken, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="texts">{data}</script>'


def _script_texts(code: str) -> dict[str, str | list[str]]:
    """The translations of the texts that stand in the scripts."""
    translations = languages.translations(code)
    first = [m if isinstance(m, str) else m[0] for _file, m in script_texts.of_scripts()]
    return {text: translations[text] for text in first if text in translations}


def _speak() -> None:
    languages.set_language(of_request())


def _fall_silent(_error: BaseException | None) -> None:
    languages.set_language(SOURCE)


def _vary(response: Response) -> Response:
    """Pages and answers of callbacks depend on these; scripts and styles are the same for all."""
    if response.mimetype in ("text/html", "application/json"):
        response.vary.update(("Cookie", "Accept-Language"))
    return response


def _choose() -> BaseResponse:
    """Keep the choice, and go back to where the person was."""
    address = sessions.safe_place(request.form.get("next"), also_entry=True)
    response = redirect(address, 303)
    language = request.form.get("language", "")
    if language in LANGUAGES:
        response.set_cookie(
            COOKIE,
            language,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response
