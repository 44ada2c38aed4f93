"""Typed shapes (TypedDicts) of the HTTP API. The OpenAPI document is generated from them.

A shape is what an answer says when it was read as JSON: numbers, texts, null, lists and objects.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NotRequired, TypeAlias

# pydantic, which makes schemas of these shapes, wants this TypedDict before Python 3.12
from typing_extensions import TypeAliasType, TypedDict

Scalar: TypeAlias = float | bool | str | None  # a draft keeps what was sent
Answers: TypeAlias = dict[str, Scalar]
Json = TypeAliasType("Json", "float | str | bool | list[Json] | dict[str, Json] | None")
Metrics: TypeAlias = dict[str, Json]
Context: TypeAlias = Literal["pregnant", "acutely_ill"]  # changes biomarkers for a while
Baseline: TypeAlias = Literal[
    "own_age"
]  # whom an explanation starts from, if not as the clock does
WaitingReason: TypeAlias = Literal[
    "queue", "workers", "storage", "own_cohorts", "other_people", "turn"
]


class SaidOfPanel(TypedDict, total=False):
    """What may be said beside the answers of a panel, whichever clocks are asked."""

    units: Mapping[str, Scalar] | None
    chronological_age: Scalar
    measured_on: date | str | None  # a day as JSON says it is text
    context: Sequence[Context]
    baseline: Baseline | None


class PanelFields(SaidOfPanel, total=False):
    """What may be said beside the answers of a panel: of a prediction, and of a draft."""

    model: str | None


class Interval(TypedDict):
    """Where the prediction is likely to be, in the clock's unit: with probability `level` between both ends."""

    low: float
    high: float
    level: float
    method: str


class ReferenceRange(TypedDict):
    """What is usual, in the canonical unit; an end may be open."""

    low: float | None
    high: float | None
    source: str


class Contribution(TypedDict):
    """How much one biomarker adds to the base value, in the clock's unit; negative is younger."""

    feature: str
    label: str
    value: Scalar
    unit: str
    years: float
    imputed: bool
    clipped: bool
    reference_range: ReferenceRange | None
    modifiable: bool


class OtherRank(TypedDict):
    """The percentile of an age gap among other people; version and hash name their summary."""

    reference: str
    version: str
    sha256: str
    percentile: float


class AgeGap(TypedDict):
    """The prediction against chronological age, in years; what cannot be said honestly is null.

    `reference` says among whom `percentile` ranks; `others` are ranks of a complete panel among other
    people, and absent from results of AgeLens 0.4 and before.

    `percentile_range` has the lowest and the highest percentile that the missing markers probably
    leave, where a clock estimates these from the others; null for a complete panel, and absent from
    results of AgeLens 0.4 and before.
    """

    raw: float
    adjusted: float | None
    percentile: float | None
    reference: str | None
    percentile_range: NotRequired[list[float] | None]
    others: NotRequired[list[OtherRank]]


class ExpectedWidth(TypedDict):
    """How wide the interval is expected to be, in the clock's unit, if this biomarker were measured."""

    feature: str
    label: str
    width_now: float
    width_expected: float


class ModelName(TypedDict):
    """A clock and its version."""

    name: str
    version: str


class ModelIdentity(ModelName):
    """Exactly which clock answered: the hashes are of its bundle and of its training data.

    `code_version` is the version of AgeLens that computed the result; results up to 0.4 lack it.
    """

    sha256: str
    data_sha256: str
    code_version: NotRequired[str]


class Result(TypedDict):
    """What a finished task carries: `base_value` plus the years of all `contributions` is the `prediction`.

    `narrowing` has what is missing, what would narrow the interval most first; null where the clock
    cannot tell. `interval_reason` says why there is no interval.
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
    narrowing: list[ExpectedWidth] | None
    derived: dict[str, float]
    missing: list[str]
    clipped: list[str]
    warnings: list[str]
    model: ModelIdentity


class Failure(TypedDict):
    """Why something ended without a result."""

    code: str
    message: str


class WithinPerson(TypedDict):
    """How a biomarker varies within a healthy person: `cv` in %, or `sd` in the canonical unit."""

    cv: float | None
    sd: float | None
    source: str


class AcceptedUnit(TypedDict):
    """A unit: the canonical value is the number x `factor` + `offset`; `countries` usually report in it."""

    unit: str
    factor: float
    offset: float
    countries: list[str]


class Alias(TypedDict):
    """What a data set calls a biomarker, in which unit, and how its cells are written."""

    name: str
    columns: str
    unit: str
    transform: str | None


class MistakenQuantity(TypedDict):
    """Another quantity of the same name: its usual numbers, in its unit, and what to give instead."""

    quantity: str
    unit: str
    range: list[float] | None
    advice: str


class Biomarker(TypedDict):
    """An entry of the registry. Ranges are `[low, high]` in the canonical unit, null of a choice.

    Outside `plausible` an answer is refused, outside `typical` it gets a warning. `names` are the
    spellings that mean it in any unit; `aliases` carry their own.
    """

    key: str
    label: str
    unit: str
    units: list[AcceptedUnit]
    kind: Literal["number", "choice"]
    choices: list[str]
    plausible: list[float] | None
    typical: list[float] | None
    mistaken_for: list[MistakenQuantity]
    reference: ReferenceRange | None
    within_person: WithinPerson | None
    modifiable: bool
    group: str
    source: str
    names: list[str]
    aliases: list[Alias]
    example: float | str
    decimals: int | None


class Feature(Biomarker):
    """A biomarker that a clock reads; `training` is the range that it was trained on."""

    required: bool
    informative: bool
    training: list[float] | None


class Measurement(TypedDict):
    """How much the answer differs when the same person is measured twice, in the clock's unit.

    `sd` is the within-person SD; a smaller difference of two results than `minimum_detectable_change`
    is within noise. Both are null with a `reason`. `left_out` are the keys of markers without a
    published within-person variation; the analyser's own variation is left out, too.
    """

    sd: float | None
    minimum_detectable_change: float | None
    left_out: list[str]
    reason: str | None


class ComparedResult(TypedDict):
    """One of two compared results.

    `prediction` is what the task says, by its `version`; `result` is by the version of the comparison.
    """

    task_id: str
    version: str
    prediction: float
    result: Result


class MarkerChange(TypedDict):
    """A biomarker's contributions to two results and their difference, in the clock's unit."""

    feature: str
    label: str
    before: float
    after: float
    change: float


class TimeChange(TypedDict):
    """The difference of the base values, which is that of age (and sex).

    The years are those between the days of measurement where both are said, else between the ages.
    """

    change: float
    years_passed: float | None


class VersionChange(TypedDict):
    """What the newer version of the clock does to the answer of the panel with the older one."""

    change: float
    before: str
    after: str


class Comparison(TypedDict):
    """The change from one result to another of the same clock, in the clock's unit.

    The changes of `markers`, `time` and `version` (null where both have the same) add up to `change`.
    `measurement` is of both panels; `real` is whether the change, without the version's part, is
    larger than its minimum detectable change, and null where there is none. `sentence` says it in words.
    """

    model: ModelName
    unit: str
    before: ComparedResult
    after: ComparedResult
    change: float
    markers: list[MarkerChange]
    time: TimeChange
    version: VersionChange | None
    measurement: Measurement
    real: bool | None
    sentence: str


class Distribution(TypedDict):
    """Predictions of a cohort's scored rows, in the clock's unit."""

    mean: float
    sd: float | None
    min: float
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    max: float


class Histogram(TypedDict):
    """Bars of equal width: how many predictions are in each."""

    start: float
    width: float
    counts: list[int]


class AgeGapGroup(TypedDict):
    """Age gaps of people of one sex and decade, in years; `age_to` is not in it."""

    sex: str | None
    age_from: int
    age_to: int
    n: int
    mean: float
    sd: float | None


class AgeGaps(TypedDict):
    """Age gaps of a cohort, in years."""

    mean: float
    sd: float | None
    groups: list[AgeGapGroup]


class TopFactor(TypedDict):
    """The mean and mean absolute contribution of a biomarker over a cohort's scored rows."""

    feature: str
    label: str
    mean_absolute: float
    mean: float


class Reason(TypedDict):
    """How many rows were not scored for this reason."""

    reason: str
    rows: int


class MissingCount(TypedDict):
    """In how many scored rows a biomarker was missing."""

    feature: str
    label: str
    rows: int


class Summary(TypedDict):
    """What is told of a whole cohort; `prediction` and `histogram` are null when no row was scored."""

    rows: int
    scored: int
    failed: int
    warned: int
    unit: str
    prediction: Distribution | None
    histogram: Histogram | None
    age_gap: AgeGaps | None
    top_factors: list[TopFactor]
    errors: list[Reason]
    missing: list[MissingCount]


class ShippedUpdate(TypedDict):
    """A clock of the package that is newer than the active version; `command` makes it active.

    One that is not `published` is published by its `command` first; without any version
    `active_version` is null.
    """

    name: str
    version: str
    active_version: str | None
    published: bool
    command: str


class Queue(TypedDict):
    """How many jobs of a queue wait."""

    name: str
    waiting: int


class Queues(TypedDict):
    """What waits, which workers and trainers are alive, and how many are under way, by status."""

    queues: list[Queue]
    workers: list[str]
    trainers: list[str]
    tasks: dict[str, int]
    cohorts: dict[str, int]
    retrainings: dict[str, int]


class WaitingFor(TypedDict):
    """Why no row of a queued or running cohort is scored at the moment; `message` says it in words.

    `cohorts_ahead` are one's own that were submitted before and have not ended.
    """

    reason: WaitingReason
    cohorts_ahead: int
    message: str


class MatchedFeature(TypedDict):
    """A biomarker, or chronological age, that a column answers."""

    feature: str
    label: str


class ColumnMatch(TypedDict):
    """What a column of a file is read as, in which unit; without features it is ignored."""

    column: str
    features: list[MatchedFeature]
    unit: str | None


class MissingFeature(MatchedFeature):
    """What no column answers; without a `required` one no row can be scored."""

    required: bool


class UnitSuggestion(TypedDict):
    """A column of a file whose median is usual in another unit than the one it is read in.

    `suggested_unit` is null where all numbers look like another quantity; `message` says it in words.
    """

    column: str
    feature: str
    read_as: str
    suggested_unit: str | None
    median: float
    message: str


class GroupedReason(TypedDict):
    """Rows with the same thing wrong; `reason` is a sentence, `first_rows` are some of them."""

    reason: str
    n_rows: int
    first_rows: list[int]


class Code(TypedDict):
    """What cells of a choice have that is no word for it, in how many rows, and what it is said to mean."""

    code: str
    n_rows: int
    meaning: str | None


class UnknownCodes(TypedDict):
    """A column of a choice, such as sex, with codes; `values` says which of the choices each stands for."""

    column: str
    feature: str
    label: str
    choices: list[str]
    codes: list[Code]


class RowMessage(TypedDict):
    """What is wrong with a row, the first is 1; `fields` are the keys that it is about, none when it is all."""

    row: int
    message: str
    fields: list[str]


class Matches(TypedDict):
    """How columns would be read, and the price of a row."""

    model: ModelName
    columns: str
    price_per_row: int
    matches: list[ColumnMatch]
    missing: list[MissingFeature]
    hints: list[str]


class Preview(Matches):
    """How a file would be read, what is wrong with its first rows, and what it would cost.

    `notes` are sentences about how it was read. `grouped` has the reasons of all checked rows, the
    most frequent first; `problems` and `warnings` are of single rows.
    """

    cohort_id: str
    header: list[str]
    notes: list[str]
    rows: int
    price: int
    sample: list[list[str]]
    suggestions: list[UnitSuggestion]
    codes: list[UnknownCodes]
    checked_rows: int
    grouped: list[GroupedReason]
    problems: list[RowMessage]
    readable_rows: int
    warned_rows: int
    warnings: list[RowMessage]


class FoundResult(TypedDict):
    """A result of a report that is a biomarker's, in the unit as found there.

    `proposed` is the newest of its biomarker; `date` is an ISO day, `loinc` the code that named it.
    """

    feature: str
    label: str
    value: float | str
    unit: str
    source_text: str
    loinc: str | None
    date: str | None
    proposed: bool
    warnings: list[str]


class NotUnderstood(TypedDict):
    """A part of a report that was not understood, why, and how many times it is there."""

    source_text: str
    reason: str
    times: int


class NotRun(TypedDict):
    """A clock that could not score a panel: it lacks at least `at_least` of the keys in `lacks`.

    `reason` says it in words; it alone says why where nothing is lacking, as for an age that the
    clock does not score.
    """

    model: ModelName
    lacks: list[str]
    at_least: int
    reason: str


class ReportImport(TypedDict):
    """What a report proposes as a panel; nothing of it is kept or submitted.

    `answers` and `units` are the newest value of each biomarker, ready to be sent once a person has
    confirmed them; `measured_on` is the newest day among them.
    """

    answers: dict[str, float | str]
    units: dict[str, str]
    chronological_age: float | None
    measured_on: str | None
    found: list[FoundResult]
    not_understood: list[NotUnderstood]
    warnings: list[str]
