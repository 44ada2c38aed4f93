"""The account that notebooks use when nobody gives a token: made once, kept in the home."""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from agelens.client import Unauthenticated
from agelens.commands.lab.service import Service

TOKEN_NAME = "JupyterLab"  # noqa: S105  what the list of tokens calls it
TOKEN_DAYS = 90


@dataclass(frozen=True)
class Researcher:
    """Somebody made up, and the token that acts for them."""

    email: str
    password: str
    token: str | None = None


class Accounts:
    """Researchers by the service that knows them: a password is never sent to another one."""

    def __init__(self, home: Path) -> None:
        """Nothing is written before there is an account to keep."""
        self.path = home.expanduser().resolve() / "lab.json"

    def researcher(self, service: Service) -> Researcher:
        """Whom the service knows from earlier, or somebody new, with a token that works."""
        known_researcher = self._read().get(service.name)
        if known_researcher is None:
            return self._introduced(service)
        if known_researcher.token and _works(service, known_researcher.token):
            return known_researcher
        try:
            return self._with_token(service, known_researcher)
        except Unauthenticated:  # erased there, or the service has lost its data
            return self._introduced(service)

    def _introduced(self, service: Service) -> Researcher:
        email = f"researcher-{secrets.token_hex(4)}@agelens.example"
        new_researcher = Researcher(email, secrets.token_urlsafe(24))
        with service.client(token="") as client:
            client.register(new_researcher.email, new_researcher.password)
        self._keep(service, new_researcher)
        return self._with_token(service, new_researcher)

    def _with_token(self, service: Service, researcher: Researcher) -> Researcher:
        """Log in for as long as it takes to make a token that outlives a login."""
        with service.client(token="") as client:
            client.login(researcher.email, researcher.password)
            token = client.tokens.create(TOKEN_NAME, days=TOKEN_DAYS)
            client.logout()
        connected = replace(researcher, token=token.access_token)
        self._keep(service, connected)
        return connected

    def _read(self) -> dict[str, Researcher]:
        with suppress(FileNotFoundError, ValueError, TypeError, AttributeError):
            accounts = json.loads(self.path.read_text())
            return {service: Researcher(**each) for service, each in accounts.items()}
        return {}

    def _keep(self, service: Service, researcher: Researcher) -> None:
        """Write the file, whole or not at all, for its owner alone."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        accounts = self._read() | {service.name: researcher}
        unfinished = self.path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(
            os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
        ) as file:
            json.dump({name: asdict(each) for name, each in accounts.items()}, file, indent=1)
        unfinished.rename(self.path)


def _works(service: Service, token: str) -> bool:
    with service.client(token) as client, suppress(Unauthenticated):
        client.me()
        return True
    return False
