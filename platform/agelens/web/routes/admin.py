"""/api/admin: users, credits, tasks, cohorts, clocks and queues, for administrators."""

import uuid

import structlog
from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from agelens import wire
from agelens.domain.errors import Conflict
from agelens.services import (
    accounts,
    activity,
    admin_lists,
    administrators,
    billing,
    input_drift,
    model_registry,
    password_changes,
    publishing,
    queue_depths,
    shipped_updates,
    version_comparison,
)
from agelens.services.cohorts import submissions
from agelens.services.pagination import Page
from agelens.storage import Cohort, LedgerEntry
from agelens.web.arguments import Blueprint
from agelens.web.auth import admin_required, me
from agelens.web.extensions import db, files, queue, settings
from agelens.web.idempotency import kept_without
from agelens.web.request_bodies import read_body
from agelens.web.request_types import (
    ActivationBody,
    ActivityParams,
    AdminCohortParams,
    AdminTaskParams,
    LedgerParams,
    PublishParams,
    RoleBody,
    TopupBody,
    UserParams,
)
from agelens.web.schemas.accounts import (
    AdminTransactionPage,
    AdminUser,
    LedgerQuery,
    ResetLink,
    RoleChange,
    Topup,
    TransactionSchema,
    UserPage,
    UserQuery,
)
from agelens.web.schemas.cohorts import AdminCohort, AdminCohortPage, AdminCohortQuery
from agelens.web.schemas.models import (
    Activation,
    ModelVersionList,
    ModelVersionSchema,
    PublishQuery,
)
from agelens.web.schemas.system import ActivityQuery, ActivitySchema, DriftSchema, QueuesSchema
from agelens.web.schemas.tasks import AdminTaskPage, AdminTaskQuery
from agelens.web.transactions import transaction

blueprint = Blueprint("admin", __name__, url_prefix="/api/admin", description="Administration")
log = structlog.get_logger()
BUNDLE_TYPES = ("application/zip", "application/octet-stream")


@blueprint.get("/users")
@admin_required
@blueprint.arguments(UserQuery, location="query")
@blueprint.response(200, UserPage)
def list_users(query: UserParams) -> Page:
    """People with their wallets, newest first."""
    return admin_lists.users(db.session(), **query)


@blueprint.get("/users/<user>")
@admin_required
@blueprint.response(200, AdminUser)
def show_user(user: str) -> dict[str, object]:
    """One person with their wallet, named by user id or e-mail address."""
    return admin_lists.user(db.session(), accounts.find_user(db.session(), user))


@blueprint.patch("/users/<user>")
@admin_required
@transaction
@blueprint.arguments(RoleChange)
@blueprint.response(200, AdminUser)
@blueprint.alt_response(409, "CONFLICT")
def change_role(body: RoleBody, user: str) -> dict[str, object]:
    """Make somebody an administrator, or an ordinary user again; not oneself, and never the last one."""
    account = accounts.find_user(db.session(), user)
    changed = administrators.set_role(db.session(), account.id, body["role"], actor=me())
    return admin_lists.user(db.session(), changed)


@blueprint.post("/users/<user>/block")
@admin_required
@transaction
@blueprint.response(200, AdminUser)
@blueprint.alt_response(409, "CONFLICT")
def block_user(user: str) -> dict[str, object]:
    """Shut somebody out: their tokens, logins and links stop at once; what runs is finished."""
    account = accounts.find_user(db.session(), user)
    return admin_lists.user(
        db.session(), administrators.block(db.session(), account.id, actor=me())
    )


@blueprint.post("/users/<user>/unblock")
@admin_required
@transaction
@blueprint.response(200, AdminUser)
@blueprint.alt_response(409, "CONFLICT")
def unblock_user(user: str) -> dict[str, object]:
    """Let somebody in again, with the tokens that they had."""
    account = accounts.find_user(db.session(), user)
    return admin_lists.user(
        db.session(), administrators.unblock(db.session(), account.id, actor=me())
    )


@blueprint.post("/wallets/<user>/topup")
@admin_required
@transaction
@blueprint.arguments(Topup)
@blueprint.response(201, TransactionSchema)
def topup(body: TopupBody, user: str) -> LedgerEntry:
    """Add credits to somebody's wallet, named by user id or e-mail address; without a cap."""
    wallet = billing.wallet_of(db.session(), accounts.find_user(db.session(), user))
    return billing.topup(db.session(), wallet, body["amount"], actor=me())


@blueprint.post("/users/<user>/reset-link")
@admin_required
@transaction
@blueprint.response(201, ResetLink)
@blueprint.alt_response(409, "CONFLICT")
def make_reset_link(user: str) -> dict[str, object]:
    """Make a link that sets a new password for somebody, once, within an hour; hand it over.

    They are named by user id or e-mail address. The link is in this answer only.
    """
    kept_without("url")
    account = accounts.find_user(db.session(), user)
    token, link = password_changes.make_link(db.session(), account, actor=me())
    log.info("reset link made", by=str(me().id), user=str(account.id))
    url = f"{settings().web_origin}/reset/{token}"
    return {"url": url, "expires_at": link.expires_at}


@blueprint.get("/transactions")
@admin_required
@blueprint.arguments(LedgerQuery, location="query")
@blueprint.response(200, AdminTransactionPage)
def list_transactions(query: LedgerParams) -> Page:
    """Everybody's ledger entries, or one person's, newest first."""
    return admin_lists.transactions(db.session(), **query)


@blueprint.get("/tasks")
@admin_required
@blueprint.arguments(AdminTaskQuery, location="query")
@blueprint.response(200, AdminTaskPage)
def list_tasks(query: AdminTaskParams) -> Page:
    """Everybody's tasks, or one person's, newest first."""
    return admin_lists.tasks(db.session(), **query)


@blueprint.get("/cohorts")
@admin_required
@blueprint.arguments(AdminCohortQuery, location="query")
@blueprint.response(200, AdminCohortPage)
def list_cohorts(query: AdminCohortParams) -> Page:
    """Everybody's cohorts, newest first, without their summaries."""
    return admin_lists.cohorts(db.session(), **query)


@blueprint.post("/cohorts/<uuid:cohort_id>/cancel")
@admin_required
@transaction
@blueprint.response(200, AdminCohort)
def cancel_cohort(cohort_id: uuid.UUID) -> Cohort:
    """End somebody's queued or running cohort without results; the whole hold is released."""
    canceled = submissions.cancel_for_owner(db.session(), files(), cohort_id, admin=me())
    return admin_lists.with_owner(db.session(), canceled)


@blueprint.get("/ml-models")
@admin_required
@blueprint.response(200, ModelVersionList)
def list_versions() -> dict[str, object]:
    """Every published version of every clock, and the shipped ones that are newer than the active."""
    return {
        "items": version_comparison.versions(db.session()),
        "next_cursor": None,
        "newer_shipped": shipped_updates.newer_shipped(db.session()),
    }


@blueprint.post("/ml-models")
@admin_required
@transaction
@blueprint.arguments(PublishQuery, location="query")
@blueprint.response(201, ModelVersionSchema)
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
)
def publish(query: PublishParams) -> dict[str, object]:
    """Publish a bundle, sent as the zip of its directory. It is checked, never executed.

    409 when its headline figure is worse than the active version's on the same protocol, or it
    declares none while the active version does, unless forced.
    """
    if request.mimetype not in BUNDLE_TYPES:
        raise UnsupportedMediaType("Send the bundle's zip with Content-Type: application/zip.")
    bundle = publishing.check(read_body(request))
    try:
        version, _ = publishing.publish(db.session(), bundle, by=me(), force=query["force"])
    except publishing.NeedsForce as error:
        message = f"{error.detail} Publish it all the same with ?force=true."
        raise Conflict(message) from error
    return version_comparison.describe_now(db.session(), version)


@blueprint.post("/ml-models/<name>/activate")
@admin_required
@transaction
@blueprint.arguments(Activation)
@blueprint.response(200, ModelVersionSchema)
def activate(body: ActivationBody, name: str) -> dict[str, object]:
    """Let new tasks use this version."""
    session = db.session()
    return version_comparison.describe_now(
        session, model_registry.activate(session, name, body["version"])
    )


@blueprint.post("/ml-models/<name>/rollback")
@admin_required
@transaction
@blueprint.response(200, ModelVersionSchema)
def roll_back(name: str) -> dict[str, object]:
    """Return to the version that was active before."""
    return version_comparison.describe_now(
        db.session(), model_registry.roll_back(db.session(), name)
    )


@blueprint.get("/queues")
@admin_required
@blueprint.response(200, QueuesSchema)
def show_queues() -> dict[str, object]:
    """What waits, and who works."""
    return queue_depths.queues(db.session(), queue())


@blueprint.get("/activity")
@admin_required
@blueprint.arguments(ActivityQuery, location="query")
@blueprint.response(200, ActivitySchema)
def show_activity(query: ActivityParams) -> wire.Activity:
    """Predictions, waits, credits and the queue's depth, by hour or day; the newest is not over."""
    return activity.activity(db.session(), query["period"])


@blueprint.get("/ml-models/<name>/drift")
@admin_required
@blueprint.response(200, DriftSchema)
def show_drift(name: str) -> wire.Drift:
    """How the latest inputs of a clock's active version differ from those before and from its training data."""
    return input_drift.drift(db.session(), name)
