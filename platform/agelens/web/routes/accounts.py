"""/api/auth: registering, logging in and out, personal tokens, one's own data."""

import uuid
from typing import cast

from flask import Response, request, stream_with_context

from agelens.services import accounts, privacy, profiles, tokens
from agelens.services.devices import device_name
from agelens.storage import User
from agelens.web import rate_limits
from agelens.web.arguments import Blueprint, load
from agelens.web.auth import login_required, me, token_in_use
from agelens.web.extensions import db, files, limiter, settings
from agelens.web.idempotency import kept_without, owned_by
from agelens.web.request_bodies import read_json
from agelens.web.request_types import CredentialsBody, ProfileBody, TokenBody, TokenParams
from agelens.web.schemas.accounts import (
    AccessToken,
    CreatedToken,
    Credentials,
    NewToken,
    ProfileRequest,
    ProfileSchema,
    Registration,
    TokenList,
    TokenQuery,
    UserSchema,
)
from agelens.web.schemas.export import ExportSchema, export_stream
from agelens.web.transactions import committed, transaction

blueprint = Blueprint("auth", __name__, url_prefix="/api/auth", description="Accounts and tokens")
OAUTH_FIELDS = ("grant_type", "scope", "client_id", "client_secret")  # sent by its clients
EXAMPLE = {"email": "ada@example.org", "password": "correct horse battery"}
PROFILE_EXAMPLE = {"sex": "female", "birth_date": "1974-02-11", "country": "DE"}
slow_down = limiter.limit(rate_limits.CREDENTIALS, key_func=rate_limits.address)


@blueprint.post("/register")
@slow_down
@transaction
@blueprint.arguments(Registration, example=EXAMPLE)
@blueprint.response(201, UserSchema)
def register(body: CredentialsBody) -> User:
    """Create an account. The role is always user.

    Its wallet has the `welcome_credits` of `GET /api/auth/options` to start with.
    """
    credits = settings().welcome_credits
    user = accounts.register(db.session(), **body, welcome_credits=credits)
    owned_by(user.id)
    return user


@blueprint.post("/login")
@slow_down
@committed
@blueprint.response(200, AccessToken)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": Credentials, "example": EXAMPLE},
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["username", "password"],
                    "properties": {"username": {"type": "string"}, "password": {"type": "string"}},
                }
            },
        },
    }
)
def login() -> dict[str, object]:
    """Exchange e-mail address and password for a bearer token."""
    user = accounts.check_credentials(db.session(), **_credentials())
    days = settings().token_days
    name = device_name(request.user_agent.string)
    secret, token = tokens.issue(db.session(), user, kind="login", name=name, days=days)
    return {"access_token": secret, "token_type": "bearer", "expires_at": token.expires_at}


@blueprint.post("/logout")
@login_required
@transaction
@blueprint.response(204)
def logout() -> None:
    """Revoke the token that this request came with."""
    tokens.revoke(db.session(), me(), token_in_use().id)


@blueprint.post("/logout-everywhere")
@login_required
@transaction
@blueprint.response(204)
def logout_everywhere() -> None:
    """End every login and every personal token, also the one that this request came with."""
    tokens.revoke_all(db.session(), me())


@blueprint.get("/me")
@login_required
@blueprint.response(200, UserSchema)
def show_me() -> User:
    """Who is logged in."""
    return me()


@blueprint.get("/me/profile")
@login_required
@blueprint.response(200, ProfileSchema)
def show_profile() -> User:
    """What forms start from; null where nothing was said."""
    return me()


@blueprint.patch("/me/profile")
@login_required
@transaction
@blueprint.arguments(ProfileRequest, example=PROFILE_EXAMPLE)
@blueprint.response(200, ProfileSchema)
def edit_profile(body: ProfileBody) -> User:
    """Change one's profile; null takes something away, and what is absent stays.

    From `birth_date` follows the age of a prediction that says none, on the day of measurement.
    """
    return profiles.edit(db.session(), me().id, body)


@blueprint.delete("/me")
@login_required
@transaction
@blueprint.response(204)
def erase_me() -> None:
    """Erase one's answers, results, files, tokens and name. The ledger stays, naming nobody."""
    privacy.erase(db.session(), files(), me())


@blueprint.get("/me/export")
@login_required
@blueprint.response(200, ExportSchema)
def export_me() -> Response:
    """Everything kept about oneself, as a stream; lists are oldest first."""
    chunks = export_stream(privacy.collect(db.session(), me()))
    return Response(stream_with_context(chunks), content_type="application/json")


@blueprint.get("/tokens")
@login_required
@blueprint.arguments(TokenQuery, location="query")
@blueprint.response(200, TokenList)
def list_tokens(query: TokenParams) -> dict[str, object]:
    """One's tokens that still work; never their secrets.

    Those of kind `login` are the devices that one is logged in on.
    """
    live_tokens, current_id = (
        tokens.live_tokens(db.session(), me(), query["kind"]),
        token_in_use().id,
    )
    items = [{"token": token, "current": token.id == current_id} for token in live_tokens]
    return {"items": items, "next_cursor": None}


@blueprint.post("/tokens")
@login_required
@transaction
@blueprint.arguments(NewToken, example={"name": "notebook", "days": 90})
@blueprint.response(201, CreatedToken)
def create_token(body: TokenBody) -> dict[str, object]:
    """A named personal token, for a notebook. Its secret is in this answer only.

    The same Idempotency-Key again says that the token was created, with `access_token` null. 409
    when one has 100 personal tokens.
    """
    kept_without("access_token")
    issued = tokens.issue(db.session(), me(), kind="personal", by=token_in_use(), **body)
    secret, token = issued
    return {"token": token, "access_token": secret, "token_type": "bearer"}


@blueprint.delete("/tokens/<uuid:token_id>")
@login_required
@transaction
@blueprint.response(204)
def revoke_token(token_id: uuid.UUID) -> None:
    """End one of one's tokens."""
    tokens.revoke(db.session(), me(), token_id)


def _credentials() -> CredentialsBody:
    """JSON, or the form that OAuth 2 password clients send."""
    body: object
    if request.mimetype == "application/x-www-form-urlencoded":
        fields = {k: v for k, v in request.form.items() if k not in OAUTH_FIELDS}
        body = {"email": fields.pop("username", None), **fields}
    else:
        body = read_json(request)
    return cast(CredentialsBody, load(Credentials(), body))
