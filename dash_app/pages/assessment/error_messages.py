"""Validation messages and the error summary of the form."""

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

import dash_mantine_components as dmc
from agelens.wire import Scalar
from dash import dcc, html

from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.problems import enter_your, in_sentence

NO_NUMBER = "Enter a number, such as 1.5 or 1,5."
WORD = re.compile("[a-z]{5,}")  # a key such as glucose is what people call it; crp and fev1 are not
NO_ADVICE = "a number, not text"  # the API knows no better


def with_labels(message: str, features: Iterable[Feature]) -> str:
    """The same with the labels of features instead of their keys."""
    labels = {f["key"]: f["label"] for f in features if not WORD.fullmatch(f["key"])}
    if not labels:
        return message
    keys = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    return re.sub(rf"\b({keys})\b", lambda found: in_sentence(labels[found[0]]), message)


def beside_fields(
    problems: Mapping[str, str], answers: Mapping[str, Scalar], features: Sequence[Feature]
) -> dict[str, str]:
    """The API's words by field, and ours for a text that is no number."""
    numbers = {f["key"] for f in features if f["kind"] != "choice"}
    labels = {f["key"]: f["label"] for f in features}

    def field_message(key: str, message: str) -> str:
        if key in numbers and isinstance(answers.get(key), str) and NO_ADVICE in message:
            return NO_NUMBER
        if key in labels and message == enter_your(key):
            return enter_your(labels[key])
        return _sentence(with_labels(message, features))

    return {key: field_message(key, message) for key, message in problems.items()}


def summary(problems: Mapping[str, str], features: Sequence[Feature]) -> Component:
    """All problems, those with a field as a link to it."""
    labels = {f["key"]: f["label"] for f in features}
    count = len(problems)
    return dmc.Alert(
        html.Ul([html.Li(_line(key, text, labels.get(key))) for key, text in problems.items()]),
        title="Please check one answer" if count == 1 else f"Please check {count} answers",
        color="red",
        variant="light",
        className="assessment-problems",
    )


def _line(key: str, text: str, label: str | None) -> list[Content]:
    if label is None:
        return [text]
    link = html.A(label, href="#", **{"data-assessment-field": key})
    return [link, f": {text}"]


def too_expensive(price: int, available: int, address: str) -> Component:
    """Why nothing was calculated, and how to go on."""
    return dmc.Alert(
        [
            f"This assessment costs {credits(price)} and you have {available:,}. "
            "What you typed will still be here when you come back. ",
            top_up(address),
        ],
        title="Not enough credits",
        color="orange",
        variant="light",
    )


def top_up(address: str) -> Component:
    """To the wallet and back."""
    # a link of the component kit would decode the address, and lose what stands behind its "&"
    place = f"/wallet?next={quote(address, safe='')}"
    return dcc.Link("Top up", href=place, className="assessment-link")


def credits(count: int) -> str:
    """A number of credits."""
    return "1 credit" if count == 1 else f"{count:,} credits"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
