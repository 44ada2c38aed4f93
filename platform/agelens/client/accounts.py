"""Personal tokens, for notebooks and programs."""

from collections.abc import Iterator
from urllib.parse import quote

from agelens.client.connection import Resource
from agelens.client.decoding import decode
from agelens.client.shapes import Token


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
