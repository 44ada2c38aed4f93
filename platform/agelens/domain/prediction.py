"""What a clock answers about one person: the wire shape of a result, and the check that it adds up."""

from typing import TypedDict

ADDITIVITY_YEARS = 1e-6


class Interval(TypedDict):
    """Where the age is likely to be, and how sure."""

    low: float
    high: float
    level: float
    method: str


class Contribution(TypedDict):
    """How many years one biomarker adds to the base value."""

    feature: str
    label: str
    value: float | str | None
    unit: str
    years: float
    imputed: bool
    clipped: bool
    reference_range: dict[str, object] | None
    modifiable: bool


class AgeGap(TypedDict):
    """The prediction against chronological age; what cannot be said honestly is null."""

    raw: float
    adjusted: float | None
    percentile: float | None
    reference: str | None


class Narrowing(TypedDict):
    """How wide the interval is expected to be if this biomarker, too, were measured."""

    feature: str
    label: str
    width_now: float
    width_expected: float


class ModelName(TypedDict):
    """Exactly which clock answered."""

    name: str
    version: str
    sha256: str
    data_sha256: str


class Result(TypedDict):
    """What a finished task carries.

    `narrowing` has what is missing, what would narrow the interval most first; null where the clock
    cannot tell.
    """

    prediction: float
    unit: str
    interval: Interval | None
    interval_reason: str | None
    base_value: float
    base_meaning: str
    contributions: list[Contribution]
    additivity_gap: float
    age_gap: AgeGap | None
    narrowing: list[Narrowing] | None
    derived: dict[str, float]
    missing: list[str]
    clipped: list[str]
    warnings: list[str]
    model: ModelName
