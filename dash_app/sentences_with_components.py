"""Sentences with a link or another component inside, whole for whoever translates them."""

import re

from dash_app.content import Content

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def filled(sentence: str, /, **parts: Content) -> list[Content]:
    """A translated sentence with components at its placeholders: filled(_("Read {more}."), more=link)."""
    pieces = PLACEHOLDER.split(sentence)  # text, name, text, name, ...
    content = [parts[piece] if index % 2 else piece for index, piece in enumerate(pieces)]
    return [piece for piece in content if piece != ""]
