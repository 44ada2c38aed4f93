"""The HTTP client: `Client` and what it answers and raises. Needs neither a server's packages nor numpy."""

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "AccessToken",
    "AccountOptions",
    "AdminCohort",
    "AdminUser",
    "AgeGap",
    "Answered",
    "ApiError",
    "Assessment",
    "Balance",
    "Candidate",
    "Client",
    "ClientError",
    "ClockCheck",
    "Code",
    "Cohort",
    "CohortCanceled",
    "CohortError",
    "CohortFailed",
    "CohortTimeout",
    "ComparedResult",
    "Comparison",
    "Conflict",
    "Contribution",
    "DataFile",
    "Example",
    "Failure",
    "FieldProblem",
    "FileLayout",
    "Forbidden",
    "FoundResult",
    "GroupedReason",
    "Headline",
    "InsufficientCredits",
    "Interval",
    "InvalidAnswers",
    "InvalidBundle",
    "InvalidInput",
    "Listing",
    "MarkerChange",
    "Match",
    "MatchSuggestion",
    "Matches",
    "Measurement",
    "MissingExtra",
    "MissingFeature",
    "Model",
    "ModelIdentity",
    "ModelInterval",
    "ModelName",
    "ModelVersion",
    "Narrowing",
    "NotFound",
    "NotRun",
    "NotUnderstood",
    "OtherRank",
    "OwnLink",
    "Page",
    "PanelCheck",
    "PanelComparison",
    "Preview",
    "Profile",
    "RateLimited",
    "ReferenceCurve",
    "ReportImport",
    "ResetLink",
    "Result",
    "Retraining",
    "RowProblem",
    "RowWarning",
    "Schedule",
    "ServerError",
    "SharedLink",
    "SharedResult",
    "Task",
    "TaskCanceled",
    "TaskError",
    "TaskFailed",
    "TimeChange",
    "TimelineEntry",
    "TimelineResult",
    "Token",
    "TooLarge",
    "Transaction",
    "Trend",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedAnswer",
    "UnitSuggestion",
    "UnknownCodes",
    "Unreachable",
    "User",
    "VersionChange",
    "WaitTimeout",
    "frame_to_shap",
]

if TYPE_CHECKING:  # type checkers and editors; a program loads only what it uses
    from agelens.client.assessments import Assessment, ClockCheck, NotRun, PanelCheck
    from agelens.client.client import Client
    from agelens.client.cohort import Cohort
    from agelens.client.cohort_shapes import (
        AdminCohort,
        Answered,
        Code,
        FileLayout,
        GroupedReason,
        Match,
        Matches,
        MatchSuggestion,
        MissingFeature,
        Preview,
        RowProblem,
        RowWarning,
        UnitSuggestion,
        UnknownCodes,
    )
    from agelens.client.comparisons import (
        ComparedResult,
        Comparison,
        MarkerChange,
        TimeChange,
        VersionChange,
    )
    from agelens.client.conversions import frame_to_shap
    from agelens.client.errors import (
        ApiError,
        ClientError,
        CohortCanceled,
        CohortError,
        CohortFailed,
        CohortTimeout,
        Conflict,
        FieldProblem,
        Forbidden,
        InsufficientCredits,
        InvalidAnswers,
        InvalidBundle,
        InvalidInput,
        MissingExtra,
        NotFound,
        RateLimited,
        ServerError,
        TaskCanceled,
        TaskError,
        TaskFailed,
        TooLarge,
        Unauthenticated,
        Unavailable,
        UnexpectedAnswer,
        Unreachable,
        WaitTimeout,
    )
    from agelens.client.model_shapes import (
        Candidate,
        DataFile,
        Example,
        Headline,
        Measurement,
        Model,
        ModelInterval,
        ModelVersion,
        ReferenceCurve,
        Retraining,
        Schedule,
    )
    from agelens.client.pages import Listing, Page
    from agelens.client.reports import FoundResult, NotUnderstood, ReportImport
    from agelens.client.results import (
        AgeGap,
        Contribution,
        Interval,
        ModelIdentity,
        Narrowing,
        OtherRank,
        Result,
        Task,
    )
    from agelens.client.shapes import (
        AccessToken,
        AccountOptions,
        AdminUser,
        Balance,
        Failure,
        ModelName,
        Profile,
        ResetLink,
        Token,
        Transaction,
        User,
    )
    from agelens.client.sharing import OwnLink, SharedLink, SharedResult
    from agelens.client.timeline import PanelComparison, TimelineEntry, TimelineResult, Trend
else:
    _NAMES = {
        "assessments": "Assessment ClockCheck NotRun PanelCheck",
        "client": "Client",
        "cohort": "Cohort",
        "cohort_shapes": (
            "AdminCohort Answered Code FileLayout GroupedReason Match Matches MatchSuggestion "
            "MissingFeature Preview RowProblem RowWarning UnitSuggestion UnknownCodes"
        ),
        "comparisons": "ComparedResult Comparison MarkerChange TimeChange VersionChange",
        "conversions": "frame_to_shap",
        "errors": (
            "ApiError ClientError CohortCanceled CohortError CohortFailed CohortTimeout "
            "Conflict FieldProblem Forbidden InsufficientCredits InvalidAnswers InvalidBundle "
            "InvalidInput MissingExtra NotFound RateLimited ServerError TaskCanceled "
            "TaskError TaskFailed TooLarge Unauthenticated Unavailable UnexpectedAnswer "
            "Unreachable WaitTimeout"
        ),
        "model_shapes": (
            "Candidate DataFile Example Headline Measurement Model ModelInterval ModelVersion "
            "ReferenceCurve Retraining Schedule"
        ),
        "pages": "Listing Page",
        "reports": "FoundResult NotUnderstood ReportImport",
        "results": "AgeGap Contribution Interval ModelIdentity Narrowing OtherRank Result Task",
        "shapes": (
            "AccessToken AccountOptions AdminUser Balance Failure ModelName Profile ResetLink "
            "Token Transaction User"
        ),
        "sharing": "OwnLink SharedLink SharedResult",
        "timeline": "PanelComparison TimelineEntry TimelineResult Trend",
    }
    _HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

    def __getattr__(name):
        """Load a public name when it is first used (PEP 562): all together take half as long as httpx."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *__all__})
