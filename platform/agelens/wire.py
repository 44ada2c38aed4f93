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


class CommonPanelFields(TypedDict, total=False):
    """What may be said beside the answers of a panel, whichever clocks are asked."""

    units: Mapping[str, Scalar] | None
    chronological_age: Scalar
    measured_on: date | str | None  # a day as JSON says it is text
    context: Sequence[Context]
    baseline: Baseline | None


class PanelFields(CommonPanelFields, total=False):
    """What may be said beside the answers of a panel: of a prediction, and of a draft."""

    model: str | None


class DraftFields(PanelFields, total=False):
    """What may be said beside the answers of a draft."""

    models: Sequence[str] | None  # the clocks that it is meant for; not said


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
    """A percentile among people of a survey; version and hash name their summary."""

    reference: str
    version: str
    sha256: str
    percentile: float


class AgeGap(TypedDict):
    """The prediction against chronological age, in years; what cannot be said honestly is null.

    `reference` says among whom `percentile` ranks; `others` are ranks of a complete panel among other
    people, and absent from results of AgeLens 0.4 and before.

    `percentile_range` has the lowest and the highest percentile that the missing markers probably
    leave, also where a clock then gives no `percentile`; null for a complete panel, and absent from
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
    cannot tell. `interval_reason` says why there is no interval. `rank` is the percentile of an answer
    that is no age, and so has no `age_gap`, among people of that age and sex; null where it cannot be
    said, and absent from results of AgeLens 0.4 and before.
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
    rank: NotRequired[OtherRank | None]
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


class FieldError(TypedDict):
    """What is wrong with a field, and its JSON Pointer."""

    pointer: str
    field: str
    message: str


class TimelineResult(TypedDict):
    """A task as the timeline shows it; `age_gap` is the raw one, in years.

    `prediction`, `interval` and `age_gap` are null until it has succeeded.
    """

    task_id: str
    status: str
    model: ModelName
    unit: str
    prediction: float | None
    interval: Interval | None
    age_gap: float | None
    price: int
    charged: int
    validation_errors: list[FieldError]
    error: Failure | None


class TimelineEntry(TypedDict):
    """A panel with what its clocks said; `measured_on` is an ISO day, `created_at` when it was entered.

    `id` is that of the assessment, or of the task where it belongs to none; then `assessment_id` is null.
    """

    id: str
    assessment_id: str | None
    measured_on: str
    created_at: str
    chronological_age: Scalar
    results: list[TimelineResult]


class TrendChange(TypedDict):
    """The change from the result of the task `since`, in the clock's unit.

    `real` is whether it is larger than `minimum_detectable_change`; both are null with a `reason`.
    """

    since: str
    change: float
    minimum_detectable_change: float | None
    real: bool | None
    reason: str | None


class TrendPoint(TypedDict):
    """A result in a trend; `change` is from the one before it, null of the first."""

    task_id: str
    assessment_id: str | None
    measured_on: str
    created_at: str
    version: str
    chronological_age: Scalar
    prediction: float
    interval: Interval | None
    change: TrendChange | None


class ClockTrend(TypedDict):
    """A clock's results, the oldest measured first.

    `overall` is the change from the first to the last result of the latest version, null of one result.
    """

    model: str
    unit: str
    points: list[TrendPoint]
    overall: TrendChange | None


class Trend(TypedDict):
    """Results by clock, that of the newest result first; not `complete` when older panels are left out."""

    clocks: list[ClockTrend]
    complete: bool


class BiomarkerChange(TypedDict):
    """What was measured in either of two panels, in the canonical unit; null where it was not."""

    feature: str
    label: str
    unit: str
    before: Scalar
    after: Scalar
    changed: bool
    reference_range: ReferenceRange | None


class NotCompared(TypedDict):
    """A clock that has no result of one of two panels, or, with a `detail`, cannot compare them."""

    model: str
    reason: Literal["only_before", "only_after", "conflict"]
    detail: str


class PanelComparison(TypedDict):
    """Two panels: each clock that scored both, and what was measured.

    `years_passed` is between the days of measurement.
    """

    before: TimelineEntry
    after: TimelineEntry
    years_passed: float
    comparisons: list[Comparison]
    not_compared: list[NotCompared]
    biomarkers: list[BiomarkerChange]


class ReferenceCurve(TypedDict):
    """Percentiles of a clock's answers at every whole age of its reference people, in the clock's unit.

    Of one sex, or of both where `sex` is null. `percentiles` are lists as long as `ages`, by the
    percentile: "5" to "95"; an answer on such a line ranks there. Without reference people
    `reference` is null and the lists are empty.
    """

    model: ModelName
    unit: str
    sex: str | None
    reference: str | None
    ages: list[float]
    percentiles: dict[str, list[float]]


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
    """In how many rows a biomarker was missing."""

    feature: str
    label: str
    rows: int


class FileLayout(TypedDict):
    """How a draft's file begins, numbered as in the file, and which row was taken for its header.

    `first_rows` has as many cells as people look at, none of a file in which the header is no row of
    cells. Of a workbook, `sheet` is read, and `sheets` could be. With `can_change`, POST reads the
    file once more; else it has to be sent again.
    """

    first_rows: list[list[str]]
    header_row: int | None
    sheet: str | None
    sheets: list[str]
    can_change: bool


class MissingPattern(TypedDict):
    """Which biomarkers are missing together, and nothing else, in how many rows; none of a complete row."""

    features: list[str]
    rows: int


class Missingness(TypedDict):
    """What is missing in the `rows` of a cohort that could be read, scored or not.

    `features` has everything that the clock reads, chronological age too where it needs it, what is
    missing most first. `patterns` are the most frequent combinations, the most frequent first;
    `other_rows` have a rarer one.
    """

    rows: int
    features: list[MissingCount]
    patterns: list[MissingPattern]
    other_rows: int


class GroupedReason(TypedDict):
    """Rows with the same thing wrong; `reason` is a sentence, `first_rows` are some of them.

    Numbers in which their messages differ are an ellipsis. `advice` is what can be done, if that is
    known; it is absent from results of AgeLens 0.4 and before.
    """

    reason: str
    n_rows: int
    first_rows: list[int]
    advice: NotRequired[str | None]


class Summary(TypedDict):
    """What is told of a whole cohort; `prediction` and `histogram` are null when no row was scored.

    `missing` counts scored rows alone, `missingness` all that could be read. Results of AgeLens 0.4
    and before have neither this nor rows grouped by error and by warning, the most frequent first.
    """

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
    missingness: NotRequired[Missingness | None]
    grouped_errors: NotRequired[list[GroupedReason]]
    grouped_warnings: NotRequired[list[GroupedReason]]


class ScatterPoint(TypedDict):
    """A scored row of a cohort: its number from 1, its id, age in years, prediction and interval."""

    row: int
    id: str | None
    age: float
    prediction: float
    low: float | None
    high: float | None


class ScatterBand(TypedDict):
    """How the predictions of all rows of an age spread; `age_to` is not in it."""

    age_from: int
    age_to: int
    n: int
    p10: float
    median: float
    p90: float


class Scatter(TypedDict):
    """Predictions against chronological age, in the clock's unit.

    `rows` were scored and have an age. Of more of them than `points` these are a fair sample, always
    the same, and `bands` tell how all of them spread, where at least 20 are of an age. Intervals hold
    with probability `level`, null of a clock without any.
    """

    unit: str
    level: float | None
    rows: int
    points: list[ScatterPoint]
    bands: list[ScatterBand]


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


class ActivityBucket(TypedDict):
    """What happened in an hour or a day (UTC) of the whole service.

    `queued` predictions by the time of their hold, and how these ended: `succeeded`, or `not_charged`
    (failed or canceled). Waits are seconds from there to their end; of a day, those of its slowest hour.
    The queue's depth is seen once a minute, and null where no scheduler looked.
    """

    start: str
    queued: int
    assessments: int
    succeeded: int
    not_charged: int
    wait_p50: float | None
    wait_p95: float | None
    queue_mean: float | None
    queue_max: int | None
    credits_added: int
    credits_spent: int
    credits_refunded: int


class Activity(TypedDict):
    """What happened in the last 24 hours, 7 or 30 days, by `bucket`; the newest is the last and not over."""

    period: str
    bucket: Literal["hour", "day"]
    items: list[ActivityBucket]


class InputDrift(TypedDict):
    """How the recent values of a biomarker differ from earlier ones and from the training data.

    `psi` is the population stability index over the deciles of the earlier values; null with fewer than
    100 values on either side. `outside_training` is a share.
    """

    feature: str
    label: str
    unit: str | None
    recent: int
    earlier: int
    recent_median: float | None
    earlier_median: float | None
    training: list[float] | None
    outside_training: float | None
    psi: float | None


class Drift(TypedDict):
    """How the inputs of a clock's active version have moved: its latest results against those before."""

    model: ModelName
    recent_from: str | None
    earlier_from: str | None
    features: list[InputDrift]


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


class MatchSuggestion(TypedDict):
    """A column that answers nothing, and whose name is like those of a biomarker; nobody has decided."""

    column: str
    feature: str
    label: str
    message: str


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
    match_suggestions: list[MatchSuggestion]


class FoundResult(TypedDict):
    """A result of a report that is a biomarker's, in the unit as found there.

    `proposed` is the newest of its biomarker; `date` is an ISO day, `loinc` the code that named it.
    `written` is the value as the report spells it, such as 4,20.
    """

    feature: str
    label: str
    value: float | str
    written: str
    unit: str
    source_text: str
    loinc: str | None
    date: str | None
    proposed: bool
    warnings: list[str]


class NotUnderstood(TypedDict):
    """A part of a report that was not understood, why, and how many times it is there.

    `written` and `unit` are what looks like its value, for a person who knows what it is; or "".
    """

    source_text: str
    reason: str
    times: int
    written: str
    unit: str


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
    confirmed them; `measured_on` is the newest day among them. Where the date of the blood draw can be read
    in two ways there is none, and `possible_days` has both.
    """

    answers: dict[str, float | str]
    units: dict[str, str]
    chronological_age: float | None
    measured_on: str | None
    possible_days: list[str]
    found: list[FoundResult]
    not_understood: list[NotUnderstood]
    warnings: list[str]
