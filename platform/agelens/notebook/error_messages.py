"""What went wrong, in words."""

from agelens.client import InsufficientCredits

POOR = "Not enough credits; nothing was charged"
ENDS = (".", "?", "!", ":")


def words(error: Exception) -> str:
    """For the person in front of the widget, with what the client noted of it."""
    said = str(error) or type(error).__name__
    if isinstance(error, InsufficientCredits):
        said = f"{POOR}: {said}"
    notes = getattr(error, "__notes__", ())
    return " ".join(_ended(part) for part in (said, *notes)) if notes else said


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(ENDS) else f"{sentence}."
