"""An additive mortality clock by its description, one person and one marker at a time, from the JSON."""

import math
from bisect import bisect_right

import numpy as np


def along(values, place):
    """Between two neighbours of a list."""
    first = min(int(place), len(values) - 2)
    share = place - first
    return (1 - share) * values[first] + share * values[first + 1]


def at_age(parameters, ages):
    """The value at an age of a list with one entry for each knot in age."""
    knots, age = parameters["age_knots"], ages[1]
    first = min(bisect_right(knots, age) - 1, len(knots) - 2)
    share = (age - knots[first]) / (knots[first + 1] - knots[first])
    return (1 - share) * ages[0][first] + share * ages[0][first + 1]


def height(parameters, marker, table, value, age, male):
    """A marker's table at a value, an age and a sex."""
    low, high = marker["low"], marker["high"]
    value = min(max(value, low), high)
    if marker["logarithm"]:
        value, low, high = math.log(value), math.log(low), math.log(high)
    place = (value - low) / (high - low) * (parameters["n_value_knots"] - 1)
    rows = [along(row, place) for row in marker[table][int(male)]]
    return at_age(parameters, (rows, age))


def base(parameters, age, male, table="base"):
    """An average peer."""
    return at_age(parameters, (parameters[table][int(male)], age))


def covariance(parameters, age, male):
    """Of years and deviations among people of this sex and age group; its ridge and its widening."""
    missing = parameters["missing"]
    inner = missing["ages"][1:-1]
    group = bisect_right(inner, age)
    triangle = missing["covariance"][int(male)][group]
    size = 2 * len(parameters["markers"])
    matrix = np.zeros((size, size))
    matrix[np.tril_indices(size)] = triangle
    matrix = matrix + np.tril(matrix, -1).T
    widening = np.broadcast_to(missing["widening"], (2, len(inner) + 1))[int(male)][group]
    return matrix, missing["ridge"], widening


def contributions(parameters, values, age, male):
    """Years of every marker, measured or expected, and the variance of the sum of the expected ones."""
    markers = parameters["markers"]
    count = len(markers)
    given = [place for place, m in enumerate(markers) if values.get(m["feature"]) is not None]
    gone = [place for place in range(count) if place not in given]
    years = np.zeros(count)
    known = {"years": [], "deviation": []}
    for place in given:
        value = values[markers[place]["feature"]]
        for table, heights in known.items():
            heights.append(height(parameters, markers[place], table, value, age, male))
    years[given] = known["years"]
    matrix, ridge, widening = covariance(parameters, age, male)
    of_known = given + [count + place for place in given]
    inner = matrix[np.ix_(of_known, of_known)] + ridge * np.eye(len(of_known))
    to_gone = matrix[np.ix_(gone, of_known)]
    inverse = np.linalg.inv(inner)
    measured = np.array(known["years"] + known["deviation"])
    years[gone] = to_gone @ inverse @ measured
    left = matrix[np.ix_(gone, gone)] - to_gone @ inverse @ to_gone.T
    degrees = parameters["missing"]["degrees"]
    unusual = 1
    if degrees is not None:
        unusual = (degrees + measured @ inverse @ measured) / (degrees + len(measured))
    return years, widening**2 * unusual * left.sum()


def variance(parameters, values, age, male):
    """Of the sum over the bootstrap samples, of what was measured."""
    total = base(parameters, age, male, "base_variance")
    for marker in parameters["markers"]:
        value = values.get(marker["feature"])
        if value is not None:
            total += height(parameters, marker, "variance", value, age, male)
    return total
