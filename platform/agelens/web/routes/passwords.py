"""/api/auth: changing a password, and setting a forgotten one."""

from agelens.domain.errors import Conflict
from agelens.services import password_changes
from agelens.web import rate_limits
from agelens.web.arguments import Blueprint
from agelens.web.auth import login_required, me, token_in_use
from agelens.web.extensions import db, limiter, settings
from agelens.web.request_types import ForgottenBody, PasswordBody, ResetBody
from agelens.web.schemas.accounts import (
    AccountOptions,
    ForgottenPassword,
    PasswordChange,
    PasswordResetRequest,
)
from agelens.web.transactions import committed

blueprint = Blueprint("passwords", __name__, url_prefix="/api/auth", description="Passwords")
by_address = limiter.limit(rate_limits.CREDENTIALS, key_func=rate_limits.address)
by_person = limiter.limit(rate_limits.CREDENTIALS, key_func=rate_limits.person)
NO_MAIL = "This service sends no mail. An administrator can make a link that sets a new password."


@blueprint.get("/options")
@blueprint.response(200, AccountOptions)
def options() -> dict[str, object]:
    """With how many credits a new account starts, and who helps with a forgotten password."""
    current_settings = settings()
    sends = "mail" if current_settings.smtp_url else "administrator"
    return {"welcome_credits": current_settings.welcome_credits, "password_reset": sends}


@blueprint.post("/password")
@login_required
@by_address
@by_person
@committed
@blueprint.arguments(PasswordChange, example={"current": "old one", "new": "correct horse battery"})
@blueprint.response(204)
def change(body: PasswordBody) -> None:
    """Set a new password; every token but the one that this request came with is revoked.

    401 when the current password is wrong.
    """
    password_changes.change(db.session(), me(), token_in_use(), **body)


@blueprint.post("/forgot-password")
@by_address
@committed
@blueprint.arguments(ForgottenPassword, example={"email": "ada@example.org", "language": "de"})
@blueprint.response(204)
@blueprint.alt_response(409, "CONFLICT")
def forgot(body: ForgottenBody) -> None:
    """Have a link mailed that sets a new password, if there is an account with this address.

    The answer is the same for every address, and comes before anything is looked up. 409 where the
    service sends no mail: `password_reset` of `GET /api/auth/options` is then `administrator`.
    """
    if settings().smtp_url is None:
        raise Conflict(NO_MAIL)
    password_changes.request_mail(db.session(), **body)


@blueprint.post("/reset-password")
@by_address
@committed
@blueprint.arguments(
    PasswordResetRequest, example={"token": "mvyVx…", "password": "correct horse battery"}
)
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
def reset(body: ResetBody) -> None:
    """Set a forgotten password with a link's token, once; every login and token is revoked.

    404 for a token that is unknown, used or expired. A password that is refused with 422 leaves
    the token as it was.
    """
    password_changes.reset(db.session(), body["token"], body["password"])
