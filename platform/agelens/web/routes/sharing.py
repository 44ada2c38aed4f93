"""Read-only links to a task or an assessment, and what they show to whoever has one."""

import uuid

from flask import Response, after_this_request

from agelens.services import sharing
from agelens.services.pagination import Page
from agelens.services.sharing import Kind, Shared, Target
from agelens.web import rate_limits
from agelens.web.arguments import Blueprint
from agelens.web.auth import login_required, me
from agelens.web.extensions import db, limiter, settings
from agelens.web.idempotency import kept_without
from agelens.web.request_types import LinkBody, PageParams
from agelens.web.schemas.base import PageQuery
from agelens.web.schemas.sharing import (
    CreatedLink,
    NewLink,
    OwnLinkPage,
    SharedLinkList,
    SharedResult,
)
from agelens.web.transactions import committed, transaction

blueprint = Blueprint("sharing", __name__, url_prefix="/api", description="Read-only links")
slow_down = limiter.limit(rate_limits.OPENINGS, key_func=rate_limits.address)
EXAMPLE = {"days": 7}
Made = dict[str, object]


@blueprint.post("/tasks/<uuid:task_id>/links")
@login_required
@transaction
@blueprint.arguments(NewLink, example=EXAMPLE)
@blueprint.response(201, CreatedLink)
def share_task(body: LinkBody, task_id: uuid.UUID) -> Made:
    """Make a read-only link to a finished task; its address is in this answer only.

    Whoever has the link sees the answers and the result, without a login, until it expires or is
    revoked. It goes with the task. 409 while there is no result, and beyond 20 links.
    """
    return _share("task", task_id, body["days"])


@blueprint.get("/tasks/<uuid:task_id>/links")
@login_required
@blueprint.response(200, SharedLinkList)
def list_task_links(task_id: uuid.UUID) -> Made:
    """The links to a task that still work, newest first."""
    return _list("task", task_id)


@blueprint.delete("/tasks/<uuid:task_id>/links/<uuid:link_id>")
@login_required
@transaction
@blueprint.response(204)
def revoke_task_link(task_id: uuid.UUID, link_id: uuid.UUID) -> None:
    """End a link to a task."""
    sharing.revoke(db.session(), _target("task", task_id), link_id)


@blueprint.post("/assessments/<uuid:assessment_id>/links")
@login_required
@transaction
@blueprint.arguments(NewLink, example=EXAMPLE)
@blueprint.response(201, CreatedLink)
def share_assessment(body: LinkBody, assessment_id: uuid.UUID) -> Made:
    """Make a read-only link to an assessment, as to a task: it shows all of its tasks."""
    return _share("assessment", assessment_id, body["days"])


@blueprint.get("/assessments/<uuid:assessment_id>/links")
@login_required
@blueprint.response(200, SharedLinkList)
def list_assessment_links(assessment_id: uuid.UUID) -> Made:
    """The links to an assessment that still work, newest first."""
    return _list("assessment", assessment_id)


@blueprint.delete("/assessments/<uuid:assessment_id>/links/<uuid:link_id>")
@login_required
@transaction
@blueprint.response(204)
def revoke_assessment_link(assessment_id: uuid.UUID, link_id: uuid.UUID) -> None:
    """End a link to an assessment."""
    sharing.revoke(db.session(), _target("assessment", assessment_id), link_id)


@blueprint.get("/links")
@login_required
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, OwnLinkPage)
def list_links(query: PageParams) -> Page:
    """All of one's links that still work, newest first, with what they show; never their addresses."""
    return sharing.of_person(db.session(), me().id, query["cursor"], query["limit"])


@blueprint.get("/shared/<token>")
@slow_down
@committed
@blueprint.response(200, SharedResult)
def show_shared(token: str) -> Shared:
    """What a link shows, without a login and without anything of the account.

    404 alike for a link that is unknown, expired or revoked.
    """
    after_this_request(_keep_private)
    return sharing.open_link(db.session(), token)


def _share(kind: Kind, key: uuid.UUID, days: int) -> Made:
    kept_without("url", "token")
    token, link = sharing.share(db.session(), _target(kind, key), days)
    return {"link": link, "url": f"{settings().web_origin}/shared/{token}", "token": token}


def _list(kind: Kind, key: uuid.UUID) -> Made:
    return {"items": sharing.links(db.session(), _target(kind, key)), "next_cursor": None}


def _target(kind: Kind, key: uuid.UUID) -> Target:
    return Target(kind, me().id, key)


def _keep_private(response: Response) -> Response:
    """No search engine keeps it, and no other site learns its address."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
