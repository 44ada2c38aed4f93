"""The response curves of a workbench: changes of one value each, which no allowance counts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agelens import charts
from agelens.charts import response_tracks
from agelens.charts.response_tracks import Response
from agelens.client import Client, InvalidInput
from agelens.languages import _

AT_ONCE = 50  # the most that the API scores in one request
FEWEST, MOST = 13, 25  # points of a curve: fewer would miss its bends, more nobody sees

CHANGE_POINTER = re.compile(r"^/changes/(\d+)")  # where a problem's pointer says which change it is

Change = tuple[str, float | str]


def tracks_by_feature(client: Client, factors: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By feature: the curve as SVG, its points for the mark that follows the thumb, and its words.

    One request has all points where that leaves each curve enough of them, else there are several.
    """
    sliders, choices = factors["sliders"], factors["choices"]
    changes = list(_changes(sliders, choices))
    predictions = _predictions(client, factors, changes)
    unit = factors["result"]["unit"]
    tracks = {key: _words_of_choices(key, changes, predictions, unit) for key in choices}
    every = (_response(key, sliders[key], changes, predictions) for key in sliders)
    responses = [response for response in every if response.values]
    if not responses:
        return tracks
    scale = response_tracks.outcomes(responses, unit)
    for response in responses:
        words = response_tracks.track_sentence(response, factors["units"][response.key], unit)
        tracks[response.key] = {
            "svg": response_tracks.track(response, scale),
            "x": [round(x, 4) for x in response_tracks.horizontal_shares(response)],
            "y": [round(y, 4) for y in response_tracks.vertical_shares(response, scale)],
            "text": words,
        }
    return tracks


def _changes(sliders: Mapping[str, Any], choices: Mapping[str, Any]) -> Iterator[Change]:
    points_left = AT_ONCE - sum(map(len, choices.values()))
    points_each = min(MOST, max(FEWEST, points_left // max(1, len(sliders))))
    for key, slider in sliders.items():
        special = [slider["measured"], *(slider["training"] or ())]
        ends = (slider["low"], slider["high"])
        for value in response_tracks.points(ends, points_each, slider["decimals"], *special):
            yield key, value
    for key, options in choices.items():
        for option in options:
            yield key, option


def _predictions(
    client: Client, factors: Mapping[str, Any], changes: Sequence[Change]
) -> dict[Change, float]:
    predictions: dict[Change, float] = {}
    for first in range(0, len(changes), AT_ONCE):
        predictions |= _scored(client, factors, changes[first : first + AT_ONCE])
    return predictions


def _scored(
    client: Client, factors: Mapping[str, Any], changes: Sequence[Change]
) -> dict[Change, float]:
    """What a clock says of some; without those that it refuses, such as one blood pressure below the other."""
    requests = [{key: value} for key, value in changes]
    try:
        results = client.what_ifs(factors["task"], requests, units=factors["units"])
    except InvalidInput as error:
        refused = {
            int(number) for p in error.problems for number in CHANGE_POINTER.findall(p.pointer)
        }
        if not refused:
            raise
        accepted = [change for number, change in enumerate(changes) if number not in refused]
        return _scored(client, factors, accepted) if accepted else {}
    return {change: result.prediction for change, result in zip(changes, results, strict=True)}


def _response(
    key: str,
    slider: Mapping[str, Any],
    changes: Sequence[Change],
    predictions: Mapping[Change, float],
) -> Response:
    points = [point for point in changes if point[0] == key and point in predictions]
    return Response(
        key=key,
        ends=(slider["low"], slider["high"]),
        values=[float(value) for _key, value in points],
        predictions=[predictions[point] for point in points],
        measured=slider["measured"],
        training=slider["training"],
        reference=slider["reference"],
    )


def _words_of_choices(
    key: str, changes: Sequence[Change], predictions: Mapping[Change, float], unit: str
) -> dict[str, Any]:
    """What each choice would give, in the order of the choices."""
    sentences = [
        _(
            "{choice}: {number} {unit}",
            choice=charts.choice(str(value)),
            number=charts.number(predictions[name, value], unit),
            unit=charts.printed(unit),
        )
        for name, value in changes
        if name == key and (name, value) in predictions
    ]
    return {"text": " · ".join(sentences)}
