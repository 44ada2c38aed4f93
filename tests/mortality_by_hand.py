"""Mortality-age by the formulas of its card, one person and one marker at a time, from the JSON."""

import math


def marker_years(marker, value, age, male):
    """Years of one marker against peers; 0 when the value is None."""
    if value is None:
        return 0.0
    decades = (age - 50) / 10
    value = min(max(value, marker["low"]), marker["high"])
    value = math.log(value) if marker["logarithm"] else value
    reading = (value - marker["centre"]) / marker["scale"]
    shapes = [reading, *harrell(reading, marker["knots"])]
    by_age = [1, decades, decades**2]
    peers = [
        sum(w * t for w, t in zip(row, by_age + [male * t for t in by_age], strict=True))
        for row in marker["peers"]
    ]
    apart = [shape - peer for shape, peer in zip(shapes, peers, strict=True)]
    terms = [*apart, apart[0] * decades, apart[0] * male]
    return sum(w * t for w, t in zip(marker["weights"], terms, strict=True))


def harrell(x, knots):
    """Both curved terms, as Regression Modeling Strategies writes them."""
    first, _, third, last = knots

    def cube(knot):
        return max(x - knot, 0) ** 3

    return [
        (
            cube(knot)
            - cube(third) * (last - knot) / (last - third)
            + cube(last) * (third - knot) / (last - third)
        )
        / (last - first) ** 2
        for knot in knots[:2]
    ]


def base_years(parameters, age, male):
    """Years of an average peer."""
    constant, per_decade, for_men = parameters["base"]
    return constant + per_decade * (age - 50) / 10 + for_men * male


def years(parameters, values, age, male):
    """Mortality-age of a person; `values` by key, None is missing."""
    markers = parameters["markers"]
    return base_years(parameters, age, male) + sum(
        marker_years(marker, values.get(marker["feature"]), age, male) for marker in markers
    )
