"""Component ids that several modules share."""

from dash import ALL

AGE = "chronological_age"
DAY = "measured_on"
SEX = "sex"

CONTEXT = "assessment-context"  # pregnant, acutely ill
DRAFT = "assessment-draft"  # the task id of the draft that is open
NONCE = "assessment-nonce"  # of this attempt, for the idempotency key
SCHEMA = "assessment-schema"
VISIT = "assessment-visit"  # what the server said once for the whole visit
CHECKED_FORM = "assessment-asked"  # the panel as it was last sent to be checked
CHECK_RESULT = "assessment-heard"  # what the API said of it, by field
CHOSEN_CLOCKS = "assessment-shown"  # the clocks whose price is on the button
CLOCKS = "assessment-clocks"
STANDING = "assessment-standing"
COST = "assessment-cost"
SUBMIT = "assessment-submit"
PROBLEMS = "assessment-told"  # problems by field, as the API named them
NEXT_ADDRESS = "assessment-sent"  # where to go now that the form is done with
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


def clock(name: object = ALL) -> dict[str, object]:
    """Whether a clock that is ready is to be calculated."""
    return {"type": "assessment-clock", "name": name}
