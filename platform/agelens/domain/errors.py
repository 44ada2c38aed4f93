"""The error tree of AgeLens.

::

    AgeLensError
    ├── InvalidInput            fields that a person can correct
    │   ├── InvalidAnswers      a panel that cannot be scored
    │   └── InvalidBundle       a clock bundle that cannot be trusted
    ├── NotFound
    ├── Conflict                the state of the thing forbids it
    ├── Unauthenticated
    ├── Forbidden
    ├── InsufficientCredits
    ├── Unavailable             a part that the request needs is away; trying again helps
    │   └── StorageFull         the disk is full; it helps to free space
    ├── StorageMismatch         the file storage belongs to another database
    └── ScoringError            the clock could not give a number; the job fails, nothing is charged
        ├── CannotScore         the panel lacks what this clock needs
        └── NotAdditive         an explanation does not add up to its prediction

`code` is the stable word that clients switch on; `agelens.web.problems` alone maps it to HTTP.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that a person can correct, and how."""

    pointer: str
    field: str
    message: str


def json_pointer(*parts: str) -> str:
    """A JSON Pointer (RFC 6901) to the place named by `parts`."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


class AgeLensError(Exception):
    """Base of every error that AgeLens raises on purpose."""

    code = "error"
    title = "Something went wrong"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class InvalidInput(AgeLensError):
    """Input that a person can correct, field by field."""

    code = "invalid_input"
    title = "Some fields need correcting"

    def __init__(self, problems: Sequence[FieldProblem], detail: str = "") -> None:
        super().__init__(
            detail or "; ".join(": ".join(filter(None, (p.field, p.message))) for p in problems[:3])
        )
        self.problems = list(problems)

    @classmethod
    def at(cls, field: str, message: str) -> "InvalidInput":
        """A single problem with a top-level field."""
        return cls([FieldProblem(json_pointer(field), field, message)])


class InvalidAnswers(InvalidInput):
    """A panel whose answers cannot be scored."""

    code = "invalid_answers"
    title = "Some answers need correcting"


class InvalidBundle(InvalidInput):
    """A clock bundle that cannot be trusted."""

    code = "invalid_bundle"
    title = "The bundle cannot be trusted"


class NotFound(AgeLensError):
    """There is no such thing, or it belongs to somebody else."""

    code = "not_found"
    title = "Not found"


class Conflict(AgeLensError):
    """The state of the thing forbids what was asked."""

    code = "conflict"
    title = "Not possible in this state"


class Unauthenticated(AgeLensError):
    """Nobody is logged in, or the credentials are wrong."""

    code = "unauthenticated"
    title = "Please log in"


class Forbidden(AgeLensError):
    """Logged in, but not allowed to."""

    code = "forbidden"
    title = "Not allowed"


class InsufficientCredits(AgeLensError):
    """The wallet's available credits do not cover the price."""

    code = "insufficient_credits"
    title = "Not enough credits"


class Unavailable(AgeLensError):
    """A part that the request needs is away for now."""

    code = "unavailable"
    title = "Temporarily unavailable"


class StorageFull(Unavailable):
    """The disk or bucket that keeps files has no space left."""

    code = "storage_full"
    title = "The storage is full"


class SchemaMismatch(Unavailable):
    """The database's tables are those of another version of AgeLens."""

    code = "schema_mismatch"
    title = "The database belongs to another version"


class StorageMismatch(AgeLensError):
    """The file storage belongs to another database, or this database to another storage."""

    code = "storage_mismatch"
    title = "The storage belongs to another installation"


class ScoringError(AgeLensError):
    """The clock could not give a number."""

    code = "scoring_failed"
    title = "The prediction failed"


class CannotScore(ScoringError):
    """The panel lacks what this clock needs."""

    code = "cannot_score"
    title = "The clock cannot score this panel"


class NotAdditive(ScoringError):
    """An explanation does not add up to its prediction, so neither is shown."""

    code = "not_additive"
    title = "The explanation does not add up"
