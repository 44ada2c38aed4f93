"""Warnings of results, as sentences that name biomarkers by their labels."""

from collections.abc import Mapping


def labelled_warning(warning: str, labels: Mapping[str, str]) -> str:
    """A warning with the label of what it is about instead of the key that it begins with."""
    key, _, message = warning.partition(" ")
    label = {"chronological_age": "your age", **labels}.get(key, key.replace("_", " "))
    sentence = message if message.endswith(("?", ".")) else f"{message}."
    return f"{label} {sentence}"
