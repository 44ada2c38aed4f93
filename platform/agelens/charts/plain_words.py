"""What clocks say of their starting point and interval, in words that need no second reading.

Bundles are never changed once they are published, and theirs are the exact sentences of a method; they
stay where methods are told. A sentence that is not known here, of a clock of one's own, is quoted.
"""

from agelens.charts.number_format import Wire, share
from agelens.languages import N_, _, translated_text

EVERYBODY = N_("an average starting point, the same for everybody")
AGE_AND_SEX = N_("an average person of your age and sex")
AGE = N_("an average person of your age")
SAME_MARKERS = N_("the average for people of your age with the same values measured")
OWN_AGE = N_("your own age")
YOUNG_HEALTHY = N_("0, an average young and healthy person of your sex")
STARTING_POINTS = {
    "the average answer for people of the same chronological age who have the same biomarkers "
    "measured": SAME_MARKERS,
    (
        "the Bortz age of somebody of this age whose markers are average for that age in "
        "NHANES III (the published means, where NHANES III lacks them)"
    ): AGE,
    (
        "0, the distance of somebody whose markers are exactly the average of young "
        "healthy people of that sex"
    ): YOUNG_HEALTHY,
    (
        "the GOLD BioAge of somebody of this age whose markers are average for that age "
        "in NHANES III"
    ): AGE,
    ("the age expected of somebody of whom nothing is known: the middle of 18 to 89"): EVERYBODY,
    ("the person's chronological age"): OWN_AGE,
    ("the Light BioAge of somebody of this age whose markers are the medians of NHANES III"): AGE,
    (
        "the mortality-age of an average person of the same age and sex, whose every "
        "marker counts as it does on average among these people in NHANES III"
    ): AGE_AND_SEX,
    (
        "the mortality-age of an average person of the same age and sex, whose every "
        "marker adds what it adds on average among these people in NHANES III (1988-1994)"
    ): AGE_AND_SEX,
    (
        "the mortality-age of an average person of the same age and sex, whose every "
        "marker adds what it adds on average among these people in NHANES IV (1999-2014)"
    ): AGE_AND_SEX,
    (
        "the PhenoAge of somebody of this age whose markers are average for that age in NHANES III"
    ): AGE,
}
FOLLOWS_AGE = (AGE_AND_SEX, AGE, SAME_MARKERS, OWN_AGE)

NINE_IN_TEN = N_("{level} of people with results like yours fall in this range.")
UNCERTAINTY = N_('This range shows model uncertainty; no test measures a "true" biological age.')
NOT_PUBLISHED = N_("The clock was published without its uncertainty, so no range can be given.")
TOO_OPTIMISTIC = N_("The method's own error is too optimistic, so no range is given.")
COMPUTED = N_("The result is worked out from your values, not estimated, so there is no range.")
INTERVALS = {
    (
        "the constants were published without their uncertainty, and no measurement says "
        "what somebody's biological age really is"
    ): NOT_PUBLISHED,
    (
        "the distance is computed from the answers, not estimated; it is as sure as the "
        "measurements are"
    ): COMPUTED,
    (
        "conformal, calibrated out of fold for each age: the ages that are reached before"
        " a certain mass of the posterior"
    ): NINE_IN_TEN,
    (
        "the method's own error assumes markers that are independent at a given age, "
        "which they are not, and no measurement says what somebody's biological age "
        "really is"
    ): TOO_OPTIMISTIC,
    (
        "no coverage of a true biological age is claimed, there is none to be covered: "
        "how far the number would move with other people to learn from (bootstrap refits "
        "of hazard and age scale) and, where markers are missing, how much these differ "
        "among people of the same age and sex; normal"
    ): UNCERTAINTY,
    (
        "no coverage of a true biological age is claimed, there is none to be covered: "
        "how far the number would move with other people to learn from (bootstrap refits "
        "of hazard, trees and age scale) and, where markers are missing, what they may "
        "add given those that were measured; normal"
    ): UNCERTAINTY,
    (
        "the constants were published without their uncertainty, and no measurement says "
        "what somebody's phenotypic age really is"
    ): NOT_PUBLISHED,
}


def starting_point(result: Wire) -> str:
    """Whom the factors are counted from, as it stands in a sentence."""
    plain = _plain_words(STARTING_POINTS, result["base_meaning"])
    return translated_text(result["base_meaning"]) if plain is None else _(plain)


def follows_age(result: Wire) -> bool:
    """Whether the starting point is that of people of the person's age."""
    return _plain_words(STARTING_POINTS, result["base_meaning"]) in FOLLOWS_AGE


def follows_sex(result: Wire) -> bool:
    """Whether it is that of people of the person's sex, too."""
    return _plain_words(STARTING_POINTS, result["base_meaning"]) == AGE_AND_SEX


def interval_meaning(result: Wire) -> str:
    """What the interval says, or why there is none; "" where nobody says."""
    interval = result["interval"]
    method = interval["method"] if interval else result["interval_reason"] or ""
    plain = _plain_words(INTERVALS, method.removeprefix("none: "))
    if plain is None:
        return translated_text(method.removeprefix("none: "))
    return _(plain, level=share(interval["level"])) if interval else _(plain)


def _plain_words(texts: dict[str, str], text: str) -> str | None:
    """A bundle's sentence in plain words; also when an answer comes in the reader's language."""
    return next(
        (
            plain
            for published, plain in texts.items()
            if text in (published, translated_text(published))
        ),
        None,
    )
