"""Advice on rows that were not scored, or only with a warning: what their owner can do."""

import re

_AGE_OR_CLOCK = "Choose a clock that scores people of this age."
_UNIT = "Check that the column is matched with the right biomarker, in the right unit."
_CELLS = "Correct these cells, or empty them where the value is not known."
# The first that is found in a message counts.
ADVICE = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"^was not scored", "Upload the file again; if this repeats, tell whoever runs AgeLens."),
        (r"^lacks? |^needs ", "Add these values, or choose a clock that does without them."),
        (r"for this clock$|for this clock,", _AGE_OR_CLOCK),
        (r"was read as its limit", "Write the measured number where it is known."),
        (r"not a limit", "Write a number in place of the limit."),
        (
            r"decimal point|decimal comma|without commas",
            "Write all numbers of the file the same way.",
        ),
        (r"counts as missing", _CELLS),
        (r"must be a number|finite number", _CELLS),
        (
            r"^must be one of|must be one of:",
            "Say what the codes of this column mean, or correct it.",
        ),
        (r"must be below ", "See whether the two columns are swapped."),
        (r"looks like|is unusual|must be between", _UNIT),
        (r"control characters", "Remove what cannot be seen from these ids."),
        (
            r"cells, the header|is a blank line",
            "Correct these lines: each needs one cell a column.",
        ),
        (
            r"beyond the training data",
            "See whether these values are right: little is known beyond.",
        ),
        (r"is beyond .* validated", "Compare these people with nobody of other ages."),
        (r"biomarkers that this clock reads are missing", "Add more of its biomarkers."),
    )
)


def advice_on(reason: str) -> str | None:
    """What can be done about a reason or warning, as a sentence; None where nothing is known."""
    return next((text for pattern, text in ADVICE if pattern.search(reason)), None)
