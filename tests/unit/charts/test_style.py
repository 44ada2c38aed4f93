"""Whether figures can be read on white and on dark, and open nothing elsewhere."""

import subprocess
import sys

import pytest
from agelens import charts
from agelens.charts import style

WHITE, DARK = "#ffffff", "#1a1b1e"


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_reckoned_as_the_guideline_does() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("page", [WHITE, DARK])
@pytest.mark.parametrize("colour", [style.OLDER, style.YOUNGER, style.NEUTRAL, style.ESTIMATE])
def test_what_is_drawn_stands_out_on_white_and_on_dark(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


def test_hover_texts_have_a_page_of_their_own() -> None:
    hover = style.figure(100).layout.hoverlabel
    assert contrast(hover.font.color, hover.bgcolor) >= 4.5


def test_texts_take_the_colour_of_the_page_around_them() -> None:
    for text in (style.ink("x"), style.muted("x"), style.AXIS["tickprefix"]):
        assert "color:currentColor" in text


def test_the_figure_shows_no_logo_and_leads_to_no_other_host() -> None:
    assert charts.CONFIG["displaylogo"] is False
    assert charts.CONFIG["responsive"] is True
    assert charts.CONFIG["plotlyServerURL"] == ""
    shown = style.figure(100).to_html(include_plotlyjs=False, full_html=False, config=charts.CONFIG)
    assert "http" not in shown


def test_importing_charts_loads_neither_numpy_nor_pandas_nor_opens_a_browser() -> None:
    code = (
        "import sys, agelens.charts as c; c.sentence; "
        "print([m for m in ('numpy', 'pandas', 'dash', 'flask', 'plotly.io._renderers') "
        "if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_everything_that_is_exported_exists() -> None:
    assert len(set(charts.__all__)) == len(charts.__all__)  # their order is the linter's
    assert all(hasattr(charts, name) for name in charts.__all__)
