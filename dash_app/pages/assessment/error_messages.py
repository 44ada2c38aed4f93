"""Validation messages and the error summary of the assessment form."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import dash_mantine_components as dmc
from agelens.charts.number_format import count
from agelens.client import FieldProblem, InvalidInput
from agelens.languages import N_, _, in_sentence, ngettext
from dash import dcc, html

from dash_app import problems
from dash_app.content import Component, Content

NO_NUMBER = N_("Enter a number, such as 1.5 or 1,5.")
# A key such as glucose is what people call it; crp and fev1 are not.
KEY_THAT_IS_A_WORD = re.compile("[a-z]{5,}")
NO_ADVICE = N_("a number, not text")  # the API knows no better
SEVERAL = N_("is required by {names}")
MOST_LINKS = 8


def with_labels(message: str, labels: Mapping[str, str]) -> str:
    """The same with the labels of biomarkers instead of their keys."""
    labels_by_key = {
        key: label for key, label in labels.items() if not KEY_THAT_IS_A_WORD.fullmatch(key)
    }
    if not labels_by_key:
        return message
    keys = "|".join(sorted(map(re.escape, labels_by_key), key=len, reverse=True))
    return re.sub(rf"\b({keys})\b", lambda match: in_sentence(labels_by_key[match[0]]), message)


def of_field(problem: FieldProblem, labels: Mapping[str, str]) -> str:
    """What the API says of a field, with its label."""
    if is_missing(problem):
        return problems.enter_your(labels.get(problem.field, problem.field))
    if _(NO_ADVICE) in problem.message:
        return _(NO_NUMBER)
    return _sentence(with_labels(problems.field_message(problem), labels))


def is_missing(problem: FieldProblem) -> bool:
    """Whether a clock, or several that are named, cannot do without this answer."""
    of_several = _(SEVERAL, names="").strip()
    return problem.message == _(problems.REQUIRED) or problem.message.startswith(of_several)


def by_field(error: InvalidInput, labels: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by the last step of its pointer; the first of several problems of a field."""
    messages: dict[str, str] = {}
    for problem in error.problems:
        name = problem.pointer.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")
        messages.setdefault(
            problem.field if problem.field in labels else name, of_field(problem, labels)
        )
    return messages


def summary(messages: Mapping[str, str], labels: Mapping[str, str]) -> Component:
    """All problems in the order of the form, those with a field as a link to it."""
    order = {key: index for index, key in enumerate(labels)}
    ordered = sorted(messages.items(), key=lambda each: order.get(each[0], len(order)))
    n = len(messages)
    return dmc.Alert(
        html.Ul([html.Li(_line(key, text, labels.get(key))) for key, text in ordered]),
        title=ngettext("Please check one answer", "Please check {n} answers", n, n=n),
        color="red",
        variant="light",
        className="assessment-problems",
    )


def not_enough(
    clock: str, n_missing: int, lacks: Sequence[str], labels: Mapping[str, str]
) -> Component:
    """No clock is ready: what the nearest one lacks, with links to the fields."""
    links = [html.Li(field_link(key, labels.get(key, key))) for key in lacks[:MOST_LINKS]]
    words = ngettext(
        "The nearest is {clock}, which needs one more value:",
        "The nearest is {clock}, which needs {n} more values, such as:",
        n_missing,
        clock=clock,
        n=n_missing,
    )
    return dmc.Alert(
        [html.P(words), html.Ul(links)],
        title=_("No clock can be calculated yet"),
        color="red",
        variant="light",
        className="assessment-problems",
    )


def choose_first(names: Sequence[str]) -> Component:
    """Clocks are ready, and none is chosen whose price was shown."""
    return dmc.Alert(
        _(
            "Ready: {names}. Check the choice and the price, then calculate.",
            names=", ".join(names),
        ),
        title=_("Choose what to calculate"),
        color="orange",
        variant="light",
    )


def field_link(key: str, label: str) -> Component:
    """Leads to a field of the form."""
    return html.A(label, href="#", **{"data-assessment-field": key})


def _line(key: str, text: str, label: str | None) -> list[Content]:
    return [text] if label is None else [field_link(key, label), f": {text}"]


def too_expensive(cost: int, available: int, address: str) -> Component:
    """Why nothing was calculated, and how to go on."""
    words = _(
        "This costs {price} and you have {available}. "
        "What you typed will still be here when you come back.",
        price=credits(cost),
        available=count(available),
    )
    return dmc.Alert(
        [words, " ", top_up(address)],
        title=_("Not enough credits"),
        color="orange",
        variant="light",
    )


def top_up(address: str) -> Component:
    """To the wallet and back."""
    # a link of the component kit would decode the address, and lose what stands behind its "&"
    wallet_address = f"/wallet?next={quote(address, safe='')}"
    return dcc.Link(_("Top up"), href=wallet_address, className="assessment-link")


def credits(how_many: int) -> str:
    """A number of credits."""
    return ngettext("{n} credit", "{n} credits", how_many, n=count(how_many))


def price(how_many: int) -> str:
    """What something costs."""
    return credits(how_many) if how_many else _("free")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
