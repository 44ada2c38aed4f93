"""Every number that an executed notebook keeps, wherever plotly or pandas put it."""

import base64
import json
import re

import numpy as np

NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def kept_arrays(cells):
    """Each list of numbers in the outputs, plotly's packed ones unpacked row by row."""
    return [row for cell in cells.values() for row in _arrays(cell.get("outputs", []))]


def kept_numbers(cells):
    """Each number with decimals in the outputs, in arrays and in text."""
    packed = {float(number) for row in kept_arrays(cells) for number in row}
    text = "".join(json.dumps(cell.get("outputs", [])) for cell in cells.values())
    return packed | {float(number) for number in NUMBER.findall(text)}


def own_numbers(columns):
    """Values so exact that only a person's own record has them."""
    values = {float(value) for column in columns for value in column if np.isfinite(value)}
    return {value for value in values if round(value, 3) != value}


def _arrays(node):
    if isinstance(node, dict) and "bdata" in node:
        values = np.frombuffer(base64.b64decode(node["bdata"]), dtype=node["dtype"])
        shape = [int(each) for each in str(node.get("shape", len(values))).split(",")]
        yield from values.reshape(-1, shape[-1])
    elif isinstance(node, dict):
        for each in node.values():
            yield from _arrays(each)
    elif isinstance(node, list):
        numbers = [each for each in node if isinstance(each, int | float)]
        if numbers:
            yield numbers
        for each in node:
            yield from _arrays(each)
