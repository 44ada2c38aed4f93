"""People of the tests: registered through the API, logged in for real in the browser."""

import secrets
from dataclasses import dataclass, field

from agelens.client import Client
from playwright.sync_api import BrowserContext

PASSWORD = "correct horse battery"
CSRF_COOKIE = "_csrf_token"


@dataclass
class Person:
    """An account, and a client that acts as it beside the browser."""

    client: Client
    email: str = field(default_factory=lambda: f"{secrets.token_hex(8)}@example.org")
    password: str = PASSWORD

    def register(self, credits: int) -> "Person":
        """Make the account, with credits."""
        self.client.register(self.email, self.password)
        self.client.login(self.email, self.password)
        if credits:
            self.client.wallet.topup(credits)
        return self


def log_in(context: BrowserContext, site_url: str, person: Person) -> None:
    """Send the login form as a browser would; the context has the web session afterwards."""
    context.request.get(f"{site_url}/login")
    tokens = [c["value"] for c in context.cookies(site_url) if c["name"] == CSRF_COOKIE]
    form = {"email": person.email, "password": person.password, "csrf_token": tokens[0]}
    answer = context.request.post(f"{site_url}/forms/login", form=form, max_redirects=0)
    landed = answer.headers.get("location", "")
    assert answer.status == 303, f"{answer.status}: {answer.text()[:300]}"
    assert not landed.startswith("/login"), "the web app refused the login"
