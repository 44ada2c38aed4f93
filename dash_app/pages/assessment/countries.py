"""The visitor's country, which sets the default units."""

from collections.abc import Iterable, Sequence

from flask import request

from dash_app.number_text import Feature

COOKIE = "agelens_units"
ELSEWHERE = "ZZ"  # as in CLDR: no country in particular, so the canonical units
# Browsers often name a language only; these are spoken mostly in one country.
COUNTRY_OF = {
    "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "fi": "FI", "fr": "FR", "he": "IL", "hu": "HU",
    "id": "ID", "it": "IT", "ja": "JP", "ko": "KR", "nb": "NO", "nl": "NL", "no": "NO", "pl": "PL",
    "sk": "SK", "sv": "SE", "th": "TH", "tr": "TR", "uk": "UA", "vi": "VN",
}  # fmt: skip


def of_visitor(profile: str | None = None) -> str:
    """As chosen in this browser, else as the profile says, else what the browser's language tells."""
    from_cookie = request.cookies.get(COOKIE, "")
    if _is_code(from_cookie):
        return from_cookie
    if profile:
        return profile
    languages = list(request.accept_languages.values())
    return of_language(languages[0]) if languages else ELSEWHERE


def of_language(tag: str) -> str:
    """The country of a language tag such as de-AT."""
    language, *parts = tag.replace("_", "-").split("-")
    region = next((part.upper() for part in parts if _is_code(part.upper())), None)
    return region or COUNTRY_OF.get(language.lower(), ELSEWHERE)


def country_codes(features: Iterable[Feature], visitor: str) -> Sequence[str]:
    """Every country that some unit names, and the visitor's own."""
    countries_of_units = {
        country
        for feature in features
        for unit in feature["units"]
        for country in unit.get("countries", ())
    }
    return [ELSEWHERE, *sorted((countries_of_units | {visitor}) - {ELSEWHERE})]


def _is_code(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalpha() and text.isupper()
