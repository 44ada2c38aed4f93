"""SQLAlchemy tables, by aggregate. PostgreSQL is the source of truth."""

from agelens.storage.activity import ActivityHour
from agelens.storage.assessments import Assessment
from agelens.storage.base import Base
from agelens.storage.cohorts import Cohort, CohortPart
from agelens.storage.idempotency import IdempotencyRecord
from agelens.storage.installation import Installation
from agelens.storage.models import ModelVersion
from agelens.storage.password_resets import PasswordReset, ResetRequest
from agelens.storage.retrainings import Retraining, RetrainingChunk, RetrainingSchedule
from agelens.storage.sharing import SharedLink
from agelens.storage.tasks import ACTIVE, FINISHED, SCENARIOS_PER_TASK, Task, TaskStatus
from agelens.storage.users import Role, Token, User
from agelens.storage.wallets import LedgerEntry, Wallet

__all__ = [
    "ACTIVE",
    "FINISHED",
    "SCENARIOS_PER_TASK",
    "ActivityHour",
    "Assessment",
    "Base",
    "Cohort",
    "CohortPart",
    "IdempotencyRecord",
    "Installation",
    "LedgerEntry",
    "ModelVersion",
    "PasswordReset",
    "ResetRequest",
    "Retraining",
    "RetrainingChunk",
    "RetrainingSchedule",
    "Role",
    "SharedLink",
    "Task",
    "TaskStatus",
    "Token",
    "User",
    "Wallet",
]
