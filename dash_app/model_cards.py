"""Paragraphs of model cards, which are English documents: in the language of the page where it is known.

`make translations` collects those of the shipped clocks. A clock that somebody trained anew says other
numbers; its paragraphs stay English and are marked as such.
"""

import re

import dash_mantine_components as dmc
from agelens.languages import SOURCE, translated_text
from dash import html

from dash_app.content import Component

ANSWERS, IS_NOT = "What it answers.", "What it is not."
HEADINGS = (ANSWERS, IS_NOT)


def paragraph(card: str, heading: str) -> str:
    """The paragraph of a model card that begins with a heading, as plain text; "" without one."""
    for each in card.split("\n\n"):
        if each.strip().startswith(f"**{heading}**"):
            text = each.strip().removeprefix(f"**{heading}**")
            return re.sub(r"[*`]", "", " ".join(text.split()))
    return ""


def paragraph_text(card: str, heading: str, **style: str | int) -> Component | None:
    """That paragraph, translated or marked as English; None without one."""
    text = paragraph(card, heading)
    if not text:
        return None
    translation = translated_text(text)
    words = dmc.Text(translation, size="sm", **style)
    return html.Div(words, lang=SOURCE) if translation == text else words
