"""The client: accounts here, predictions beside, further resources as attributes."""

from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import httpx

from agelens.client.accounts import Tokens
from agelens.client.admin import Admin
from agelens.client.connection import Connection
from agelens.client.drafts import Drafts
from agelens.client.errors import Unauthenticated
from agelens.client.models import Models
from agelens.client.predictions import Predictions
from agelens.client.shapes import AccessToken, User, known
from agelens.client.wallet import Wallet


class Client(Predictions):
    """Talks to one AgeLens service, as one person.

    `base_url` and `token` default to AGELENS_URL and AGELENS_TOKEN. `timeout` is for one answer,
    `patience` for a call with all its retries; both in seconds, and with a patience of 0 nothing is
    tried twice. `transport` is httpx's; several clients may share one, so who made it closes it.
    """

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 30.0,
        patience: float = 60.0,
    ) -> None:
        connection = Connection(
            base_url,
            token,
            transport=transport,
            timeout_seconds=timeout,
            patience_seconds=patience,
        )
        super().__init__(connection)
        self.tokens = Tokens(self._connection)
        self.wallet = Wallet(self._connection)
        self.models = Models(self._connection)
        self.drafts = Drafts(self._connection)
        self.admin = Admin(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._connection.base_url!r})"

    def close(self) -> None:
        """Let the sockets go, unless they are of a transport that was given."""
        self._connection.close()

    def register(self, email: str, password: str) -> User:
        """Create an account; log in afterwards."""
        body = {"email": email, "password": password}
        return User(**known(User, self._connection.post("/api/auth/register", body)))

    def login(self, email: str, password: str) -> AccessToken:
        """Log in; this client uses the token from now on."""
        body = {"email": email, "password": password}
        token = AccessToken(
            **known(AccessToken, self._connection.post_once_more("/api/auth/login", body))
        )
        self._connection.token = token.access_token
        return token

    def logout(self) -> None:
        """Revoke the token that this client uses."""
        with suppress(Unauthenticated):  # it is revoked or expired already
            self._connection.post_once_more("/api/auth/logout")
        self._connection.token = None

    def me(self) -> User:
        """Who is logged in."""
        return User(**known(User, self._connection.get("/api/auth/me")))

    def export(self) -> dict[str, Any]:
        """Everything that the service keeps about oneself."""
        kept: dict[str, Any] = self._connection.get("/api/auth/me/export")
        return kept

    def erase(self) -> None:
        """Have one's answers, results, tokens and name erased. This cannot be undone."""
        self._connection.delete("/api/auth/me")
        self._connection.token = None

    def biomarkers(self) -> list[dict[str, Any]]:
        """The registry: every biomarker with its units and ranges."""
        return list(self._connection.pages("/api/biomarkers"))
