"""The card of a pipeline's bundle: what its maker says, and what was measured."""

from collections.abc import Mapping
from typing import Any

from agelens.bundle.calibration import Calibration
from agelens.bundle.choice_of_explanation import Chosen
from agelens.bundle.training_frame import TrainingFrame
from agelens.domain.errors import InvalidInput
from agelens.domain.registry import biomarker

HEADINGS = {
    "answers": "What it answers",
    "is_not": "What it is not",
    "data": "Data",
    "measured": "Measured",
    "limits": "Limits",
}
SOURCE = "source"
NOT_STATED = "Not stated."
NOT_MORE = "Otherwise not stated."


def card_of(
    document: Mapping[str, Any],
    training: TrainingFrame,
    chosen: Chosen,
    held_out: Calibration | None,
    given: Mapping[str, str],
    pipeline: str,
) -> str:
    """The card in Markdown.

    Raises
    ------
    InvalidInput
        If `given` has a heading that the card does not have.
    """
    if strange := sorted(set(given) - {*HEADINGS, SOURCE}):
        known = ", ".join([*HEADINGS, SOURCE])
        raise InvalidInput.at("card", f"{', '.join(strange)}: the headings are {known}")
    facts = {
        "data": _data(document, training),
        "measured": _measured(document, held_out),
        "limits": _limits(training, chosen),
    }
    sections = [f"# {document['title']}"]
    if source := given.get(SOURCE):
        sections.append(f"**Source.** {source.strip()}")
    for key, heading in HEADINGS.items():
        sections += [f"## {heading}", *_section(given.get(key, "").strip(), facts.get(key, ""))]
    sections += ["## How it is made", _made(document, pipeline)]
    return "\n\n".join(filter(None, sections)) + "\n"


def _section(given: str, facts: str) -> tuple[str, str]:
    """What the maker says, then what is known; what the maker does not say is said to be missing."""
    if given:
        return given, facts
    return (facts, NOT_MORE) if facts else (NOT_STATED, "")


def _data(document: Mapping[str, Any], training: TrainingFrame) -> str:
    data = document["training_data"]
    facts = [f"{len(training.frame):,} people; {data['title']}; SHA-256 `{data['sha256']}`."]
    if training.target is not None:
        low, high = training.target.min(), training.target.max()
        facts.append(f"Fitted to values from {low:g} to {high:g} {document['unit']}.")
    return " ".join(facts)


def _measured(document: Mapping[str, Any], held_out: Calibration | None) -> str:
    if held_out is None:
        return "No figures of held-out people. " + _sentence(document["interval"]["method"])
    unit = document["unit"]
    return (
        f"On {held_out.n_people:,} people whom it was not fitted on: mean absolute error "
        f"{held_out.mae:.2f} {unit}, root mean square error {held_out.rmse:.2f} {unit}, R² "
        f"{held_out.r2:.3f}. The same people give the {held_out.level:.0%} interval, "
        f"± {held_out.half_width:.2f} {unit}, so its coverage is not measured here."
    )


def _limits(training: TrainingFrame, chosen: Chosen) -> str:
    lines = ["Seen in training; numbers beyond these have a warning, other choices no answer:", ""]
    for index, column in enumerate(training.columns):
        if bounds := training.range_of(index):
            low, high = (column.unit.from_canonical(bound) for bound in bounds)
            lines.append(f"* {column.key}: {low:.4g} to {high:.4g} {column.unit.name}")
        elif column.codes is not None:
            choices = zip(biomarker(column.key).choices, column.codes, strict=True)
            lines.append(
                f"* {column.key}: {', '.join(c for c, code in choices if code is not None)}"
            )
    lacking = ", ".join(chosen.optional)
    lines += ["", f"May be missing: {lacking}." if lacking else "Nothing may be missing."]
    return "\n".join(lines)


def _made(document: Mapping[str, Any], pipeline: str) -> str:
    explanation, libraries = document["explanation"], document["libraries"]
    versions = ", ".join(f"{name} {number}" for name, number in libraries.items())
    return "\n\n".join(
        [
            f"```text\n{pipeline.replace('```', '')}\n```",
            f"{explanation['game']} The base value is {explanation['base_meaning']}.",
            f"Interval: {_sentence(document['interval']['method'])}",
            f"Libraries: {versions}.",
        ]
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
