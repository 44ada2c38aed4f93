"""Recipe of a linear published clock: its constants, markers, citation and the words of its card."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agelens.clocks.marker_transforms import MarkerTransform

from model_training.peers import BY_AGE, Averages

NUMERALS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


@dataclass(frozen=True)
class ClockRecipe:
    """What is published of a clock, and how it is presented.

    Attributes
    ----------
    kind : str
        Of the clock, whose formula it is.
    constants : mapping of str to float
        As the kind reads them; of "linear" `intercept` and `age`.
    coefficients : mapping of MarkerTransform to float
        Of each marker, per unit of its transformed value.
    quantity, estimates : str
        What the number is called, and what it is an estimate of, in words.
    answers, is_not, source : str
        Paragraphs of the card; the source with its DOI.
    averages : Averages
        What the explanation compares a marker with.
    published_column : str, optional
        The column of the BioAge files that the clock has to equal.
    may_miss : int
        How many markers may be missing.
    means : mapping of MarkerTransform to float
        As which missing markers count, transformed; the peers' average when empty.
    validated_ages : tuple of float, optional
        Those of the people in whom its authors measured it, where NHANES cannot; else as NHANES has.
    protocol : str
        Of `docs/protocols`.
    scored_in_nhanes : bool
        Whether NHANES has enough of its markers to score people; else nobody is ranked or followed.
    card : str, optional
        A template of its own, instead of `model_training.cards.published.STANDARD`.
    card_figures : mapping of str to object
        What a template of the recipe's own needs beside.
    """

    name: str
    title: str
    constants: Mapping[str, float]
    coefficients: Mapping[MarkerTransform, float]
    quantity: str
    doi: str
    answers: str = ""
    is_not: str = ""
    source: str = ""
    estimates: str = "biological age"
    version: str = "1.0.0"
    kind: str = "linear"
    price: int = 5
    averages: Averages = BY_AGE
    published_column: str | None = None
    may_miss: int = 0
    means: Mapping[MarkerTransform, float] = field(default_factory=dict)
    validated_ages: tuple[float, float] | None = None
    scored_in_nhanes: bool = True
    protocol: str = "published"
    card: str | None = None
    card_figures: Mapping[str, object] = field(default_factory=dict)

    @property
    def transforms(self) -> tuple[MarkerTransform, ...]:
        """Its markers, in the order of the coefficients."""
        return tuple(self.coefficients)

    @property
    def n_markers(self) -> str:
        """Their number, in words."""
        return in_words(len(self.coefficients))


def in_words(n: int) -> str:
    """A small number in words, a larger one in digits."""
    return NUMERALS[n] if n < len(NUMERALS) else str(n)
