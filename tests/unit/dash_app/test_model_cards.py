"""What is shown of model cards, in the language of the page."""

from pathlib import Path

import agelens
import pytest
from agelens.languages import in_language

from dash_app import model_cards

SHIPPED = Path(agelens.__file__).parent / "clocks" / "shipped"
CARDS = sorted(SHIPPED.glob("*/*/card.md"))


@pytest.mark.parametrize("heading", model_cards.HEADINGS)
@pytest.mark.parametrize("path", CARDS, ids=lambda path: "-".join(path.parts[-3:-1]))
def test_a_shipped_clock_is_described_in_russian(path: Path, heading: str) -> None:
    card = path.read_text(encoding="utf-8")
    assert model_cards.paragraph(card, heading)
    with in_language("ru"):
        told = str(model_cards.paragraph_text(card, heading))
    assert "lang='en'" not in told
    assert model_cards.paragraph(card, heading) not in told
    assert any("а" <= letter <= "я" for letter in told)


def test_what_nobody_has_translated_is_english_and_says_so() -> None:
    card = f"# mine\n\n**{model_cards.ANSWERS}** How *old* I `am`,\nsaid twice.\n"
    with in_language("ru"):
        told = str(model_cards.paragraph_text(card, model_cards.ANSWERS))
    assert "How old I am, said twice." in told
    assert "lang='en'" in told
    assert model_cards.paragraph_text(card, model_cards.IS_NOT) is None
