"""Who makes a request: flask-login with a request loader for bearer tokens."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Request, g
from flask_login import current_user

from agelens.domain.errors import Forbidden, Unauthenticated
from agelens.services import tokens
from agelens.storage import Token, User
from agelens.web.extensions import db, login_manager
from agelens.web.openapi import add_to_openapi
from agelens.web.transactions import autocommit

P = ParamSpec("P")
R = TypeVar("R")
SAFE_METHODS = ("GET", "HEAD")


@login_manager.request_loader
def load_user(incoming: Request) -> User | None:
    """The person behind the bearer token, or nobody."""
    scheme, _, secret = incoming.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return None
    session = autocommit(db.session())
    token = tokens.authenticate(session, secret.strip())
    if token is not None:
        g.token = token
        tokens.note_use(session, token)
    if incoming.method not in SAFE_METHODS:
        session.commit()  # what comes is a transaction
    return token.user if token is not None else None


def login_required(view: Callable[P, R]) -> Callable[P, R]:
    """Only for people who are logged in."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            raise Unauthenticated("Send a valid token as `Authorization: Bearer ...`.")
        return view(*args, **kwargs)

    add_to_openapi(guarded, security=[{"bearer": []}], responses={"401": "UNAUTHORIZED"})
    return guarded


def admin_required(view: Callable[P, R]) -> Callable[P, R]:
    """Only for administrators."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not me().is_admin:
            raise Forbidden("Only an administrator can do this.")
        return view(*args, **kwargs)

    add_to_openapi(guarded, responses={"403": "FORBIDDEN"})
    return login_required(guarded)


def me() -> User:
    """The person who is logged in."""
    return cast(User, current_user._get_current_object())


def token_in_use() -> Token:
    """The token that this request came with."""
    return cast(Token, g.token)
