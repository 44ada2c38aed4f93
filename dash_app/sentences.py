"""Sentences with a link or another component inside, whole for whoever translates them."""

import re

from dash_app.content import Content

PLACE = re.compile(r"\{(\w+)\}")


def filled(sentence: str, /, **parts: Content) -> list[Content]:
    """A translated sentence with components at its names: filled(_("Read {more}."), more=link)."""
    pieces = PLACE.split(sentence)  # text, name, text, name, ...
    shown = [parts[piece] if place % 2 else piece for place, piece in enumerate(pieces)]
    return [piece for piece in shown if piece != ""]
