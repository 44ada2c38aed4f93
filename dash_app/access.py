"""How pages reach the API: agelens.client with the token of whoever is logged in."""

from typing import Any

import httpx
from agelens.client import Client
from agelens.settings import WebSettings
from flask import Flask, current_app, has_request_context, request

from dash_app import sessions

ANSWER_SECONDS = 15.0  # a page says what is wrong rather than letting people wait longer
NO_RETRIES = 0.0


class SharedTransport(httpx.BaseTransport):
    """One pool of connections for all clients; it tells the API whose browser is asking."""

    def __init__(self) -> None:
        """Nothing is opened before the first request."""
        self._pool = httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=32))

    def handle_request(self, outgoing: httpx.Request) -> httpx.Response:
        """Send, with the browser's address: the API limits attempts to log in per address."""
        if has_request_context() and request.remote_addr:
            outgoing.headers["X-Forwarded-For"] = request.remote_addr
        return self._pool.handle_request(outgoing)

    def close(self) -> None:
        """Stay open for the next client; `end` ends it."""


def init_app(server: Flask, settings: WebSettings) -> None:
    """Remember where the API is."""
    server.extensions["agelens_transport"] = SharedTransport()
    server.extensions["agelens_api_url"] = settings.api_url


def client(*, patience: float = NO_RETRIES) -> Client:
    """The API as the person who is logged in, or as nobody."""
    return anonymous(patience=patience, token=sessions.token() or "")


def anonymous(*, patience: float = NO_RETRIES, token: str = "") -> Client:
    """The API as nobody, or with a token."""
    found: dict[str, Any] = current_app.extensions
    return Client(
        found["agelens_api_url"],
        token,
        transport=found["agelens_transport"],
        timeout=ANSWER_SECONDS,
        patience=patience,
    )
