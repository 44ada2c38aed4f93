"""Personal tokens, for notebooks and programs, and what a person says of themselves."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

from agelens.client.cards import LiveHtmlCard
from agelens.client.connection import PASSWORD_PATH, Resource
from agelens.client.decoding import decode
from agelens.client.inputs import iso_day
from agelens.client.shapes import Profile, Token

PROFILE_PATH = "/api/auth/me/profile"
TOKENS_PATH = "/api/auth/tokens"


class Tokens(Resource):
    """A person's tokens: `client.tokens`."""

    def __iter__(self) -> Iterator[Token]:
        """Those that still work, newest first, also of logins; never their secrets."""
        for payload in self._connection.pages(TOKENS_PATH):
            yield decode(Token, payload)

    def create(self, name: str, *, days: int = 90) -> Token:
        """A new one. Its `access_token` is in this answer only."""
        payload = self._connection.post(TOKENS_PATH, {"name": name, "days": days})
        return decode(Token, payload)

    def revoke(self, token_id: str) -> None:
        """End one."""
        self._connection.delete(f"{TOKENS_PATH}/{quote(token_id, safe='')}")


class Devices(Resource):
    """Where a person is logged in, browsers and programs: `client.devices`. Tokens are apart."""

    def __iter__(self) -> Iterator[Token]:
        """Those that are logged in now, newest first; `current` is this client's own."""
        for payload in self._connection.pages(TOKENS_PATH, {"kind": "login"}):
            yield decode(Token, payload)

    def log_out(self, device_id: str) -> None:
        """End one login."""
        self._connection.delete(f"{TOKENS_PATH}/{quote(device_id, safe='')}")


class Passwords(Resource):
    """A person's password: `client.password`."""

    def change(self, current: str, new: str) -> None:
        """Set a new one; every login and token but the one that this client uses ends.

        Raises
        ------
        Unauthenticated
            If the current one is wrong.
        InvalidInput
            If the new one would be guessed.
        """
        body = {"current": current, "new": new}
        self._connection.post_once(PASSWORD_PATH, body)

    def forgot(self, email: str, *, language: str = "en") -> None:
        """Have a link mailed that sets a new one, if there is an account with this address.

        Raises
        ------
        Conflict
            If the service sends no mail; an administrator can make a link then.
        """
        body = {"email": email, "language": language}
        self._connection.post_once_more("/api/auth/forgot-password", body)

    def reset(self, token: str, password: str) -> None:
        """Set a new one with what a link ends with; it works once, and ends every login and token.

        Raises
        ------
        NotFound
            If the link is unknown, used or expired.
        InvalidInput
            If the password would be guessed; the link goes on working.
        """
        body = {"token": token, "password": password}
        self._connection.post_once("/api/auth/reset-password", body)


class Profiles(Resource, LiveHtmlCard):
    """A person's profile: `client.profile()` reads it, `client.profile.update(...)` changes it."""

    def __call__(self) -> Profile:
        """Sex, date of birth and country, None where nothing was said."""
        return decode(Profile, self._connection.get(PROFILE_PATH))

    def update(self, **changes: str | date | None) -> Profile:
        """Change `sex`, `birth_date` or `country`; None takes one away, the others stay.

        From the date of birth follows the age of a prediction that says none.

        Raises
        ------
        InvalidInput
            Naming what cannot be so.
        """
        birth_date = changes.get("birth_date")
        if birth_date is not None:
            changes["birth_date"] = iso_day(birth_date)
        return decode(Profile, self._connection.patch(PROFILE_PATH, changes))
