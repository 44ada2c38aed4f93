"""Notes: sentences shown beside a clock's card, which never changes once it is published."""

from collections.abc import Mapping

# Measured on the 26,302 people of NHANES IV (development file) who have the nine markers.
TWO_FORMS = (
    "PhenoAge has two forms: phenoage takes ln(1 + CRP in mg/dL), as the R package BioAge does, "
    "phenoage-ln-crp takes ln(CRP in mg/dL), as the paper's formula and the calculators do. On NHANES "
    "IV the second is 2.0 years lower on average (5 to 95 %: 0.5 to 3.8)."
)
# The 13,135 people of NHANES IV (development file) with CRP below 2.1 mg/L: mean percentiles.
COARSE_CRP = (
    "NHANES III wrote C-reactive protein below 2.1 mg/L as 2.1, so whoever has less is ranked too young "
    "among its people: the mean percentile of such people of NHANES IV is 19 there, and 31 among NHANES "
    "IV itself. Below 2.1 mg/L read the rank among NHANES IV."
)
# By docs/protocols/bortz.md: neither NHANES III nor NHANES IV can say how it ranks people.
NO_PEERS = (
    "This clock cannot say how you compare with others: NHANES, whose people the other clocks compare "
    "you with, did not measure 11 of its 25 markers."
)
NOTES: Mapping[str, str] = {
    "phenoage": TWO_FORMS,
    "phenoage-ln-crp": TWO_FORMS,
    "light-bioage": COARSE_CRP,
    "bortz": NO_PEERS,
}

# Trained on synthetic people (the data set of the course this began as): what it says of a person
# is an example of an answer, not an estimate.
DEMONSTRATIONS = frozenset({"kaggle-age"})


def note_of(name: str) -> str:
    """What has to be said of a clock beside its card, as plain text; empty of most."""
    return NOTES.get(name, "")


def is_demonstration(name: str) -> bool:
    """Whether a clock shows how the service works and was never meant to estimate anybody's age."""
    return name in DEMONSTRATIONS
