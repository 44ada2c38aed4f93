"""The trend on the page of the history: which clocks it draws, and what it says in words."""

import json
from typing import Any

from agelens.client import Trend
from agelens.client.decoding import decode
from plotly.utils import PlotlyJSONEncoder
from unit.dash_app.history import made_up
from unit.dash_app.history.made_up import change, clock, point

from dash_app.pages.history import labels, trend

NAMES = labels.Names({"clock": "A clock", "toy": "A toy"}, {}, frozenset({"toy"}))
FIRST, SECOND, THIRD = "2024-01-01", "2025-01-01", "2026-01-01"


def section(*clocks: dict[str, Any], complete: bool = True) -> Any:
    return trend.section(decode(Trend, made_up.trend(*clocks, complete=complete)), NAMES)


def shown(*clocks: dict[str, Any], **more: bool) -> str:
    return json.dumps(section(*clocks, **more), cls=PlotlyJSONEncoder, ensure_ascii=False)


def several(n_clocks: int) -> list[dict[str, Any]]:
    return [clock(point(FIRST), point(SECOND), model=f"c{n}") for n in range(n_clocks)]


def test_without_a_result_there_is_no_trend() -> None:
    assert section() is None


def test_one_blood_draw_invites_to_enter_last_years_report() -> None:
    page = shown(clock(point(FIRST)), clock(point(FIRST), model="other"))
    assert "Enter last year's report" in page
    assert page.count("/new?past=1") == 2
    assert "Enter last year's report" not in shown(clock(point(FIRST), point(SECOND)))


def test_changes_are_said_since_the_last_and_since_the_first_time() -> None:
    page = shown(
        clock(
            point(FIRST, 50),
            point(SECOND, 51, change=change(1, since=FIRST)),
            point(THIRD, 56, change=change(5, since=SECOND, real=True)),
            overall=change(6, since=FIRST, real=True),
        )
    )
    assert "56.0\u00a0years on 1 Jan 2026" in page
    assert "+5.0 years since 1 Jan 2025: more than noise (up to 4.0 years)" in page
    assert "+6.0 years since 1 Jan 2024: more than noise" in page
    assert '"history-change older"' in page


def test_the_same_change_is_said_once_and_within_noise_it_is_grey() -> None:
    only = change(1, since=FIRST)
    page = shown(clock(point(FIRST), point(SECOND, 51, change=only), overall=only))
    assert page.count('"history-change grey"') == 1
    assert "+1.0 years since 1 Jan 2024: within noise (up to 4.0 years)" in page


def test_another_unit_has_a_figure_of_its_own_below() -> None:
    page = shown(clock(point(FIRST), model="sd", unit="SD"), clock(point(FIRST)))
    assert page.count('"type": "history-trend"') == 2
    assert page.index('"unit": "years"') < page.index('"unit": "SD"')


def test_four_clocks_are_drawn_at_first_and_those_of_synthetic_data_last() -> None:
    page = section(clock(point(FIRST), model="toy"), *several(6))
    (group,) = [c for c in page._traverse() if getattr(c, "multiple", None)]
    assert group.value == ["c0", "c1", "c2", "c3"]
    assert [chip.value for chip in group.children][-1] == "toy"
    only = section(clock(point(FIRST), model="toy"), clock(point(FIRST), model="c0"))
    (group,) = [c for c in only._traverse() if getattr(c, "multiple", None)]
    assert group.value == ["c0"]


def test_a_new_version_and_what_is_left_out_are_said() -> None:
    unknown = change(1, since=FIRST, real=None, minimum_detectable_change=None)
    page = shown(
        clock(point(FIRST), point(SECOND, version="1.1.0", change=unknown)), complete=False
    )
    assert "The clock has a new version since the result before." in page
    assert "Older results than your newest 100 are not drawn." in page
