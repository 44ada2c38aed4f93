"""A clock that does not exist, with everything a schema can say."""

from typing import Any

from agelens.client import Model, ModelInterval


def number(key: str, **given: Any) -> dict[str, Any]:
    """A number in one unit that a clock uses."""
    return {
        "key": key,
        "label": key.replace("_", " ").capitalize(),
        "kind": "number",
        "unit": "u",
        "units": [{"unit": "u", "factor": 1.0, "offset": 0.0, "countries": []}],
        "choices": [],
        "required": False,
        "informative": True,
        "plausible": [0.0, 10.0],
        "typical": None,
        "mistaken_for": [],
        "reference": None,
        "example": 2.0,
        "decimals": 1,
        "group": "Blood",
        "source": "a study",
        "names": [],
        "aliases": [],
    } | given


def choice(key: str, *choices: str, **given: Any) -> dict[str, Any]:
    """One of several answers."""
    parts = {"kind": "choice", "choices": list(choices), "unit": "", "units": []}
    return number(key, **(parts | {"plausible": None, "example": choices[0]} | given))


TELOMERES = number(
    "telomere_length",
    unit="kb",
    units=[
        {"unit": "kb", "factor": 1.0, "offset": 0.0, "countries": []},
        {"unit": "bp", "factor": 0.001, "offset": 0.0, "countries": ["NZ"]},
        {"unit": "T/S", "factor": 2.4, "offset": 3.3, "countries": []},
    ],
    plausible=[2.0, 20.0],
    typical=[3.0, 12.5],
    mistaken_for=[
        {
            "quantity": "telomeres of yeast",
            "unit": "kb",
            "range": [0.2, 0.4],
            "advice": "give human ones",
        },
        {"quantity": "centromeres", "unit": "kb", "range": None, "advice": "give telomeres"},
    ],
    reference={"low": 5.0, "high": 10.0, "source": "Made up, 2026"},
    required=True,
    example=7.25,
    decimals=2,
    group="Cells",
    aliases=[
        {"name": "TL (bp)", "columns": "old", "unit": "bp", "transform": None},
        {"name": "log TL", "columns": "old", "unit": "kb", "transform": "expm1"},
    ],
)
MOOD = choice("mood", "calm", "not_so_calm", group="Mind")
SHOE = number("shoe_size", informative=False, group="Body")


def clock(**given: Any) -> Model:
    """The made-up clock."""
    parts: dict[str, Any] = {
        "name": "made-up",
        "version": "1.0.0",
        "title": "A clock of the future",
        "unit": "years",
        "price": 3,
        "default": False,
        "features": [TELOMERES, MOOD, SHOE],
        "metrics": {},
        "card": "",
        "needs": "needs telomere_length",
        "interval": ModelInterval(0.8, "made up"),
    }
    return Model(**parts | given)
