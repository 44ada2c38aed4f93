"""What the request schemas load, as types; absent members were not sent."""

from datetime import date
from typing import Literal, NotRequired, Required, TypedDict

from agelens import wire
from agelens.services.activity import Period
from agelens.storage import Role


class PageParams(TypedDict):
    """How much of a list, and from where."""

    limit: int
    cursor: str | None


class ActivityParams(TypedDict):
    """`ActivityQuery`: a period that ends now."""

    period: Period


class UserParams(PageParams):
    """`UserQuery`: people by a part of their e-mail address."""

    email: str | None


class LedgerParams(PageParams):
    """`LedgerQuery`: entries by person."""

    user: str | None


class RoleBody(TypedDict):
    """`RoleChange`."""

    role: Role


class CohortParams(PageParams):
    """`CohortQuery`: cohorts by status."""

    status: str | None


class AdminCohortParams(CohortParams):
    """`AdminCohortQuery`: also by person."""

    user: str | None


class TaskParams(CohortParams):
    """`TaskQuery` and `RetrainingQuery`: by status and clock."""

    model: str | None


class AdminTaskParams(TaskParams):
    """`AdminTaskQuery`: also by person."""

    user: str | None


class PeriodParams(TypedDict):
    """`PeriodQuery`: panels by clock and days of measurement."""

    model: str | None
    since: date | None
    until: date | None


class TimelineParams(TaskParams, PeriodParams):
    """`TimelineQuery`: also by status, in pages."""


class OrderParams(TypedDict):
    """`OrderQuery`: whether the order of an address counts."""

    as_given: bool


class WaitParams(TypedDict):
    """`WaitQuery`: seconds to wait for the end."""

    wait: float


class PublishParams(TypedDict):
    """`PublishQuery`."""

    force: bool


class ResultParams(TypedDict):
    """`ResultsQuery`."""

    format: str
    contributions: bool


class ScatterParams(TypedDict):
    """`ScatterQuery`: at most so many points."""

    points: int


class CurveParams(TypedDict):
    """`CurveQuery`."""

    sex: str | None


class ProblemParams(TypedDict):
    """`ProblemsQuery`: rows after the one that `cursor` says."""

    limit: int
    cursor: int


class TemplateParams(TypedDict):
    """`TemplateQuery`."""

    model: str | None
    columns: str


class CredentialsBody(TypedDict):
    """`Registration` and `Credentials`."""

    email: str
    password: str


class PasswordBody(TypedDict):
    """`PasswordChange`."""

    current: str
    new: str


class ForgottenBody(TypedDict):
    """`ForgottenPassword`."""

    email: str
    language: str


class ResetBody(TypedDict):
    """`PasswordResetRequest`."""

    token: str
    password: str


class TokenParams(TypedDict):
    """`TokenQuery`: tokens of one kind, or all."""

    kind: Literal["login", "personal"] | None


class LinkBody(TypedDict):
    """`NewLink`."""

    days: int


class ProfileBody(TypedDict, total=False):
    """`ProfileRequest`: what changes of it."""

    sex: str | None
    birth_date: date | None
    country: str | None


class TokenBody(TypedDict):
    """`NewToken`."""

    name: str
    days: int


class TopupBody(TypedDict):
    """`Topup`."""

    amount: int


class ActivationBody(TypedDict):
    """`Activation`."""

    version: str


class ScheduleBody(TypedDict):
    """`ScheduleRequest`."""

    every_hours: int


class DraftBody(wire.DraftFields, total=False):
    """`DraftRequest`: a panel, or what changes of it."""

    answers: wire.Answers


class PanelBody(wire.PanelFields):
    """`PredictRequest`: a panel."""

    answers: Required[wire.Answers]


class CheckBody(wire.CommonPanelFields):
    """`CheckRequest`: a panel for any clock."""

    answers: Required[wire.Answers]


class AssessmentBody(CheckBody, total=False):
    """`AssessmentRequest`: a panel, and the clocks that score it."""

    models: list[str] | Literal["ready"] | None


class WhatIfBody(TypedDict):
    """`WhatIfRequest`."""

    changes: list[wire.Answers]
    units: NotRequired[wire.Answers | None]


class OptionsBody(TypedDict, total=False):
    """`RunRequest`: how a file is read."""

    model: str | None
    columns: str
    mapping: dict[str, str]
    units: dict[str, str]
    id_column: str | None
    values: dict[str, dict[str, str]]
    censored: str | None
    accept_suggestions: bool


class LayoutBody(TypedDict, total=False):
    """`LayoutRequest`: where the table stands in a file."""

    sheet: str | None
    header_row: int | None


class MatchBody(OptionsBody):
    """`MatchRequest`: the names of a file's columns, and how they are read."""

    header: Required[list[str]]


class SubmissionBody(OptionsBody, total=False):
    """`CohortRequest`: what may be said beside a file."""

    name: str
    draft: bool
    sheet: str | None
    header_row: int | None
