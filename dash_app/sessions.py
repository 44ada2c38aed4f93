"""Who is logged in: flask-login over a signed cookie that holds the person's token.

The cookie is signed, not encrypted: its holder could read their own token and address in it, no
script can (HttpOnly), and whoever else had the cookie would be logged in either way.
"""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from agelens.client import AccessToken, User
from flask import session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

CSRF_COOKIE = "_csrf_token"
FORM_TOKEN = "csrf_token"  # noqa: S105  what flask-wtf calls it in the session
NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f\\]")
NOT_AFTER_LOGIN = (  # most would lead to it
    *("//", "/login", "/register", "/forms/"),
    *("/reset/", "/forgot-password", "/new-password"),
)
login_manager = LoginManager()


# flask-login comes without types
class Person(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """Whoever is logged in; what is shown of them comes from the API."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self.id = kept["id"]
        self.email = kept["email"]
        self.is_admin = kept["role"] == "admin"
        self.token = kept["token"]


@login_manager.user_loader
def load_person(person_id: str) -> Person | None:
    """The person whom the cookie names, until their token expires."""
    kept = session.get("person")
    if not kept or kept["id"] != person_id:
        return None
    if datetime.fromisoformat(kept["expires_at"]) <= datetime.now(UTC):
        return None
    return Person(kept)


def begin(user: User, token: AccessToken) -> None:
    """Log a person in; nothing of an earlier session stays."""
    session.clear()
    session.permanent = True
    session["person"] = {
        "id": user.id,
        "email": user.email,
        "role": user.role,
        "token": token.access_token,
        "expires_at": token.expires_at.isoformat(),
    }
    login_user(Person(session["person"]))


def end() -> None:
    """Forget who was logged in.

    The token of the forms stays: the browser's other tabs share the cookie and still send it. A
    cookie that names nobody is left as it is, so that no late answer undoes a login of another tab.
    """
    if "person" not in session:
        return
    logout_user()
    form_token = session.get(FORM_TOKEN)
    session.clear()
    if form_token:
        session[FORM_TOKEN] = form_token


def person() -> Person | None:
    """Who is logged in, if anybody."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def token() -> str | None:
    """The token of whoever is logged in."""
    found = person()
    return found.token if found else None


def is_admin() -> bool:
    """Whether an administrator is logged in; the API judges for itself."""
    found = person()
    return bool(found and found.is_admin)


def safe_place(place: str | None, otherwise: str = "/", *, also_entry: bool = False) -> str:
    """A place to go on to, after logging in for one: of this app only, wherever the link came from.

    Browsers take a backslash for a slash and leave out tabs and line breaks, so that an address
    with any of them is not what it seems.
    """
    place = place or ""
    if not place.startswith("/") or place.startswith("//") or NOT_IN_ADDRESSES.search(place):
        return otherwise
    parts = urlsplit(place)
    barred = ("//", "/forms/") if also_entry else NOT_AFTER_LOGIN
    if parts.scheme or parts.netloc or parts.path.startswith(barred):
        return otherwise
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
