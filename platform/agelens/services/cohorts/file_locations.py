"""Paths of a cohort's files in the storage."""

import uuid

COHORTS = "cohorts"


def folder(cohort_id: uuid.UUID) -> str:
    """Everything of a cohort."""
    return f"{COHORTS}/{cohort_id}"


def inputs(cohort_id: uuid.UUID) -> str:
    """The people's answers, in parts."""
    return f"{folder(cohort_id)}/parts"


def original(cohort_id: uuid.UUID) -> str:
    """The file of a draft as it was sent, and how it begins: to read it once more."""
    return f"{folder(cohort_id)}/original"


def scatter(cohort_id: uuid.UUID) -> str:
    """The points of its figure, made once it was scored."""
    return f"{folder(cohort_id)}/scatter.json"


def result(cohort_id: uuid.UUID, number: int, attempt: int) -> str:
    """The results of a part; each attempt has a file of its own, so that a late one spoils nothing."""
    return f"{folder(cohort_id)}/results/{number:05}-{attempt}.arrow"
