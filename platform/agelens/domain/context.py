"""Context: what changes a person's biomarkers for a while, but not their ageing.

Somebody who is pregnant or acutely ill is scored as ever, with a warning, and is not ranked among
others: the people that an age gap is ranked among are neither.
"""

PREGNANT, ACUTELY_ILL = "pregnant", "acutely_ill"
WARNINGS = {
    PREGNANT: (
        "pregnancy changes biomarkers for a while, so this result may mislead; it is not ranked among "
        "other people"
    ),
    ACUTELY_ILL: (
        "acute illness changes biomarkers for about two weeks, so this result may mislead; measure "
        "again after recovery; it is not ranked among other people"
    ),
}
CONTEXTS = tuple(WARNINGS)
LABELS = {PREGNANT: "Pregnant", ACUTELY_ILL: "Acutely ill in the last two weeks"}
