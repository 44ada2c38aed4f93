"""Component ids that several modules share."""

from dash import ALL

AGE = "chronological_age"

MODEL = "assessment-model"  # as chosen
CLOCK = "assessment-clock"  # whose form is shown
CONTEXT = "assessment-context"  # pregnant, acutely ill
DRAFT = "assessment-draft"  # the task id of the draft that is open
NONCE = "assessment-nonce"  # of this attempt, for the idempotency key
SCHEMA = "assessment-schema"
TOLD = "assessment-told"  # problems by field, as the API named them
SENT = "assessment-sent"  # where to go now that the form is done with
SUMMARY = "assessment-summary"
SAVED = "assessment-saved"


def number(feature: object = ALL) -> dict[str, object]:
    """What was typed in a field."""
    return {"type": "assessment-value", "feature": feature}


def unit(feature: object = ALL) -> dict[str, object]:
    """The unit of a field that has a choice of them."""
    return {"type": "assessment-unit", "feature": feature}


def choice(feature: object = ALL) -> dict[str, object]:
    """One of several answers."""
    return {"type": "assessment-choice", "feature": feature}
