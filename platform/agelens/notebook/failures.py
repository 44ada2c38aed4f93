"""What went wrong, in words."""

from agelens.client import InsufficientCredits

POOR = "Not enough credits, and nothing was charged"


def words(error: Exception) -> str:
    """For the person in front of the widget."""
    if isinstance(error, InsufficientCredits):
        return f"{POOR}: {error}"
    return str(error) or type(error).__name__
