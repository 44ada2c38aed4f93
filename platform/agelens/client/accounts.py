"""Personal tokens, for notebooks and programs, and what a person says of themselves."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

from agelens.client.cards import LiveHtmlCard
from agelens.client.connection import Resource
from agelens.client.decoding import decode
from agelens.client.inputs import iso_day
from agelens.client.shapes import Profile, Token

PROFILE = "/api/auth/me/profile"


class Tokens(Resource):
    """A person's tokens: `client.tokens`."""

    def __iter__(self) -> Iterator[Token]:
        """Those that still work, newest first; never their secrets."""
        for wire in self._connection.pages("/api/auth/tokens"):
            yield decode(Token, wire)

    def create(self, name: str, *, days: int = 90) -> Token:
        """A new one. Its `access_token` is in this answer only."""
        wire = self._connection.post("/api/auth/tokens", {"name": name, "days": days})
        return decode(Token, wire)

    def revoke(self, token_id: str) -> None:
        """End one."""
        self._connection.delete(f"/api/auth/tokens/{quote(token_id, safe='')}")


class Profiles(Resource, LiveHtmlCard):
    """A person's profile: `client.profile()` reads it, `client.profile.update(...)` changes it."""

    def __call__(self) -> Profile:
        """Sex, date of birth and country, None where nothing was said."""
        return decode(Profile, self._connection.get(PROFILE))

    def update(self, **changes: str | date | None) -> Profile:
        """Change `sex`, `birth_date` or `country`; None takes one away, the others stay.

        From the date of birth follows the age of a prediction that says none.

        Raises
        ------
        InvalidInput
            Naming what cannot be so.
        """
        birth = changes.get("birth_date")
        if birth is not None:
            changes["birth_date"] = iso_day(birth)
        return decode(Profile, self._connection.patch(PROFILE, changes))
