"""Error messages of the widgets."""

from agelens.client import InsufficientCredits
from agelens.languages import _, translated_text

SENTENCE_ENDS = (".", "?", "!", ":")


def error_text(error: Exception) -> str:
    """For the person in front of the widget, with what the client noted of it."""
    message = translated_text(str(error)) or type(error).__name__
    if isinstance(error, InsufficientCredits):
        message = _("Not enough credits; nothing was charged: {reason}", reason=message)
    notes = getattr(error, "__notes__", ())
    return (
        " ".join(_with_full_stop(part) for part in (message, *map(translated_text, notes)))
        if notes
        else message
    )


def _with_full_stop(sentence: str) -> str:
    return sentence if sentence.endswith(SENTENCE_ENDS) else f"{sentence}."
