"""Curves under sliders: on one scale, with the ranges of training and of healthy adults."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from agelens.charts import response_tracks
from agelens.charts.response_tracks import Response

CURVE = Response(
    key="glucose",
    ends=(0.0, 10.0),
    values=[0.0, 5.0, 10.0],
    predictions=[40.0, 44.0, 50.0],
    measured=2.5,
    training=(2.0, 8.0),
    reference=(4.0, 6.0),
)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(response: Response) -> ET.Element:
    scale = response_tracks.outcomes([response], "years")
    return ET.fromstring(response_tracks.track(response, scale))  # noqa: S314 - made here


def boxes(response: Response) -> list[tuple[float, float, str]]:
    found = drawn(response).iter(f"{SVG}rect")
    return [
        (float(box.attrib["x"]), float(box.attrib["width"]), box.attrib["fill"]) for box in found
    ]


def test_one_asks_evenly_and_where_something_happens() -> None:
    asked = response_tracks.points((0.25, 10.0), 7, 0, 2.5, 9.0, 77.0)
    assert asked == sorted(asked)
    assert {0.25, 10.0, 2.5, 9.0} <= set(asked)
    assert all(each in (0.25, 2.5) or each == int(each) for each in asked)
    assert 77.0 not in asked
    assert len(asked) <= 7


def test_the_curve_goes_through_what_the_clock_said() -> None:
    assert response_tracks.horizontal_shares(CURVE) == [0.0, 0.5, 1.0]
    high, middle, low = response_tracks.vertical_shares(CURVE, (40.0, 50.0))
    assert (high, low) == pytest.approx((44 / 48, 4 / 48))
    assert middle == pytest.approx((4 + 40 * 0.6) / 48)
    (line,) = drawn(CURVE).iter(f"{SVG}polyline")
    assert len(line.attrib["points"].split()) == 3


def test_where_the_clock_refuses_values_there_is_no_curve() -> None:
    refused = replace(CURVE, values=[5.0, 10.0], predictions=[44.0, 50.0])
    assert response_tracks.horizontal_shares(refused) == [0.5, 1.0]


def test_beyond_the_training_data_it_is_hatched() -> None:
    hatched = [box[:2] for box in boxes(CURVE) if box[2].startswith("url(")]
    assert hatched == [(0.0, 80.0), (320.0, 80.0)]
    assert not [box for box in boxes(replace(CURVE, training=None)) if box[2].startswith("url(")]


def test_the_range_of_healthy_adults_is_green_to_its_open_end() -> None:
    green = response_tracks.REFERENCE
    assert [box[:2] for box in boxes(CURVE) if box[2] == green] == [(160.0, 80.0)]
    half = replace(CURVE, reference=(None, 6.0))
    assert [box[:2] for box in boxes(half) if box[2] == green] == [(0.0, 240.0)]
    assert not [box for box in boxes(replace(CURVE, reference=(None, None))) if box[2] == green]


def test_all_curves_share_one_scale_that_no_small_effect_fills() -> None:
    flat = replace(CURVE, predictions=[45.0, 45.0, 45.1])
    low, high = response_tracks.outcomes([flat], "years")
    assert high - low == pytest.approx(4.0)
    assert response_tracks.outcomes([flat, CURVE], "years") == pytest.approx((40, 50))
    assert response_tracks.outcomes([replace(flat, predictions=[1.0])], "SD")[0] < 1.0


def test_the_curve_is_told_in_words() -> None:
    assert response_tracks.track_sentence(CURVE, "mmol/L", "years") == (
        "Lowest: 40.0 years at 0 mmol/L. Highest: 50.0 years at 10 mmol/L."
    )
    flat = replace(CURVE, predictions=[45.0, 45.0, 45.0])
    assert response_tracks.track_sentence(flat, "mmol/L", "years") == (
        "The estimate stays at 45.0 years."
    )
