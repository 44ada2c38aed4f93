"""Notes: sentences shown beside a clock's card, which never changes once it is published."""

from collections.abc import Mapping

# Measured on the 26,302 people of NHANES IV (development file) who have the nine markers.
TWO_FORMS = (
    "PhenoAge has two forms: phenoage takes ln(1 + CRP in mg/dL), as the R package BioAge does, "
    "phenoage-ln-crp takes ln(CRP in mg/dL), as the paper's formula and the calculators do. On NHANES "
    "IV the second is 2.0 years lower on average (5 to 95 %: 0.5 to 3.8)."
)
NOTES: Mapping[str, str] = {"phenoage": TWO_FORMS, "phenoage-ln-crp": TWO_FORMS}


def note_of(name: str) -> str:
    """What has to be said of a clock beside its card, as plain text; empty of most."""
    return NOTES.get(name, "")
