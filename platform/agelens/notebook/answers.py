"""Validation of answers given to a widget."""

import math
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from agelens.client import Model
from agelens.client.inputs import json_answers
from agelens.client.problems import refused
from agelens.client.units import Feature
from agelens.languages import _

AGE = "chronological_age"
Answer = float | str | None


def checked_answers(answers: Mapping[str, Any], model: Model) -> dict[str, Answer]:
    """What a clock's controls can show; what is None, NaN or NA was not measured.

    Raises
    ------
    InvalidInput
        Naming every answer that no control has, or that its control cannot show.
    """
    features: dict[str, Feature] = {AGE: {"kind": "number"}}
    features |= {feature["key"]: feature for feature in model.features}
    values, problems = {}, {}
    for name, value in json_answers(answers).items():
        try:
            values[name] = _checked_answer(name, value, features)
        except ValueError as error:
            problems[str(name)] = str(error)
    if problems:
        raise refused(problems)
    return {name: value for name, value in values.items() if value is not None}


def _checked_answer(name: str, value: Any, features: Mapping[str, Feature]) -> Answer:
    feature = features.get(name)
    if feature is None:
        raise ValueError(_unknown_feature_message(str(name), features))
    if value is None:
        return None
    if feature["kind"] == "choice":
        if value not in feature["choices"]:
            choices = ", ".join(feature["choices"])
            raise ValueError(_('cannot be "{value}": {choices}', value=value, choices=choices))
        return str(value)
    return _number(value)


def _number(value: Any) -> float:
    if isinstance(value, str) and "," in value:
        raise ValueError(_comma_message(value.strip()))
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(_('must be a number, not "{value}"', value=value))
    return number


def _comma_message(text: str) -> str:
    """As the service says it: 1,000 could mean two numbers."""
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?", text):
        pointed = text.replace(",", ".")
        bare = text.replace(",", "")
        if pointed.count(".") == 1:
            return _(
                'must be a number without commas, {number} or {other} ("{text}")',
                number=bare,
                other=pointed,
                text=text,
            )
        return _('must be a number without commas, {number} ("{text}")', number=bare, text=text)
    if re.fullmatch(r"[+-]?[0-9]*,[0-9]+", text):
        return _('must be a number with a decimal point, not a comma ("{text}")', text=text)
    return _('must be a number, not "{value}"', value=text)


def _unknown_feature_message(name: str, features: Mapping[str, Feature]) -> str:
    near = get_close_matches(name, features, n=1)
    if not near:
        return _("is not a feature of this clock")
    return _('is not a feature of this clock; did you mean "{near}"?', near=near[0])
