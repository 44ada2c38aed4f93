"""Response curves as slider tracks: what the clock says along a slider, and where its data end."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from agelens.charts.number_format import YEARS, measured, number, printed, quantity
from agelens.charts.sensitivity import LEAST_YEARS
from agelens.charts.style import ESTIMATE, NEUTRAL
from agelens.languages import _

WIDTH, HEIGHT = 400.0, 48.0  # stretched to the slider's width
MARGIN = 4.0
REFERENCE = "#12b886"
Span = Sequence[float | None]


@dataclass(frozen=True)
class Response:
    """What a clock says along one slider: `predictions` at `values`, in the unit of the slider.

    `ends` are those of the slider; the values may reach less far where the clock refuses some.
    `measured` is the person's own value, `training` the ends of the training data, `reference` those
    of the range of healthy adults; they are None where nobody knows them, as is an end that is open.
    """

    key: str
    ends: tuple[float, float]
    values: Sequence[float]
    predictions: Sequence[float]
    measured: float
    training: Span | None = None
    reference: Span | None = None


def points(ends: tuple[float, float], most: int, decimals: int, *others: float) -> list[float]:
    """Where to ask: evenly over the slider, in its steps, and at the other values that lie on it."""
    low, high = ends
    steps = max(3, most - len(others))
    inner = [low + (high - low) * n / (steps - 1) for n in range(1, steps - 1)]
    even = [low, *(round(each, decimals) for each in inner), high]
    return sorted({*even, *(each for each in others if low <= each <= high)})


def outcomes(responses: Sequence[Response], unit: str) -> tuple[float, float]:
    """One scale for all curves of a result, so that a steep one is a strong one."""
    predictions = [each for response in responses for each in response.predictions]
    least = LEAST_YEARS if unit == YEARS else 0.0
    room = max(0.0, least - (max(predictions) - min(predictions))) / 2 or 1e-9
    return min(predictions) - room, max(predictions) + room


def vertical_shares(response: Response, scale: tuple[float, float]) -> list[float]:
    """The curve's points from the top, as shares of the track's height."""
    low, high = scale
    inner = HEIGHT - 2 * MARGIN
    return [(MARGIN + inner * (high - y) / (high - low)) / HEIGHT for y in response.predictions]


def horizontal_shares(response: Response) -> list[float]:
    """The curve's points from the left, as shares of the track's width."""
    return [_position(response, value) for value in response.values]


def track(response: Response, scale: tuple[float, float]) -> str:
    """The curve as SVG: training range shaded, beyond it hatched, the reference range in green.

    It takes the colour of the text around it, and the width that it is given.
    """
    hatch = f"beyond-{response.key}"
    parts = [
        f'<defs><pattern id="{hatch}" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V7" stroke="currentColor" stroke-width="2" '
        'stroke-opacity="0.3"/></pattern></defs>',
        *_training(response, hatch),
        *_reference(response),
        _line(_position(response, response.measured)),
        _curve(response, scale),
    ]
    size = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} width="100%" height="{HEIGHT:g}" '
        f'aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


def track_sentence(response: Response, unit: str, outcome: str) -> str:
    """The curve in words: where it starts, where it ends, and its lowest and highest points."""
    points = list(zip(response.values, response.predictions, strict=True))
    lowest, highest = (choose(points, key=itemgetter(1)) for choose in (min, max))
    if number(lowest[1], outcome) == number(highest[1], outcome):
        return _(
            "The estimate stays at {number} {unit}.",
            number=number(lowest[1], outcome),
            unit=printed(outcome),
        )
    text = _(
        "Lowest: {lowest} {unit} at {low}. Highest: {highest} {unit} at {high}.",
        lowest=number(lowest[1], outcome),
        highest=number(highest[1], outcome),
        low=quantity(measured(lowest[0]), unit),
        high=quantity(measured(highest[0]), unit),
        unit=printed(outcome),
    )
    return text.replace("..", ".")  # some units end with a full stop of their own


def _position(response: Response, value: float) -> float:
    low, high = response.ends
    return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5


def _training(response: Response, hatch: str) -> list[str]:
    if response.training is None:
        return []
    start, end = _ends(response, response.training)
    shade = _box(start, end, 'fill="currentColor" fill-opacity="0.07"')
    beyond = [(0.0, start), (end, 1.0)]
    return [shade, *(_box(a, b, f'fill="url(#{hatch})"') for a, b in beyond if b > a)]


def _reference(response: Response) -> list[str]:
    if response.reference is None or not any(end is not None for end in response.reference):
        return []
    start, end = _ends(response, response.reference)
    return [_box(start, end, f'fill="{REFERENCE}" fill-opacity="0.28"')] if end > start else []


def _ends(response: Response, span: Span) -> tuple[float, float]:
    low, high = span
    start = 0.0 if low is None else _position(response, low)
    return start, 1.0 if high is None else _position(response, high)


def _box(start: float, end: float, look: str) -> str:
    width = WIDTH * (end - start)
    return f'<rect x="{WIDTH * start:.1f}" y="0" width="{width:.1f}" height="{HEIGHT:g}" {look}/>'


def _line(position: float) -> str:
    x = f"{WIDTH * position:.1f}"
    return (
        f'<path d="M{x} 0V{HEIGHT:g}" stroke="{NEUTRAL}" stroke-width="1.5" '
        'stroke-dasharray="4 3" vector-effect="non-scaling-stroke"/>'
    )


def _curve(response: Response, scale: tuple[float, float]) -> str:
    vertices = zip(horizontal_shares(response), vertical_shares(response, scale), strict=True)
    path = " ".join(f"{WIDTH * x:.1f},{HEIGHT * y:.1f}" for x, y in vertices)
    return (
        f'<polyline points="{path}" fill="none" stroke="{ESTIMATE}" stroke-width="2.5" '
        'stroke-linejoin="round" vector-effect="non-scaling-stroke"/>'
    )
