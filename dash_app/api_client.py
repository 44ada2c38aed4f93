"""Access to the API: a client with the token of the logged-in person, over one connection pool."""

import os
import threading
from typing import Any

import httpx
from agelens.client import Client
from agelens.settings import WebSettings
from flask import Flask, current_app, has_request_context, request

from dash_app import concurrency_limit, sessions, translated_answers

ANSWER_SECONDS = 15.0  # a page says what is wrong rather than letting people wait longer
NO_RETRIES = 0.0
LONGEST_NAME = 500  # of a browser
# What a kept connection ends with that the API closed meanwhile, as it does when it is restarted.
STALE = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


class SharedTransport(httpx.BaseTransport):
    """One pool of connections for all clients; it tells the API whose browser is asking.

    httpx's pool may be used from many threads, but not from two processes: after a fork each has
    a pool of its own. How many connections there are is bounded by the server's threads, and how
    many of these may be asleep in a `?wait=` by the slots.
    """

    def __init__(self, waiting: int) -> None:
        """Nothing is opened before the first request."""
        self.limit = concurrency_limit.ConcurrencyLimit(waiting)
        self._lock = threading.Lock()
        self._pools: dict[int, httpx.HTTPTransport] = {}

    def handle_request(self, outgoing: httpx.Request) -> httpx.Response:
        """Send, with the browser's address and name.

        The API limits attempts to log in per address, and a login is listed by the device's name.
        """
        if has_request_context() and request.remote_addr:
            outgoing.headers["X-Forwarded-For"] = request.remote_addr
        if has_request_context() and request.user_agent.string:
            outgoing.headers["User-Agent"] = _sendable(request.user_agent.string)
        return translated_answers.translated_response(self._answer(outgoing))

    def _answer(self, outgoing: httpx.Request) -> httpx.Response:
        if "wait" not in outgoing.url.params:
            return self._send(outgoing)
        with self.limit.slot() as has_slot:
            if not has_slot:
                outgoing.url = outgoing.url.copy_remove_param("wait")
                concurrency_limit.poll_less_often()
            return self._send(outgoing)

    def close(self) -> None:
        """Stay open for the next client; `end` ends it."""

    def _send(self, outgoing: httpx.Request) -> httpx.Response:
        try:
            return self._pool().handle_request(outgoing)
        except STALE:
            if outgoing.method != "GET":
                raise
            return self._pool().handle_request(outgoing)

    def end(self) -> None:
        """Let this process's sockets go."""
        with self._lock:
            if pool := self._pools.pop(os.getpid(), None):
                pool.close()

    def _pool(self) -> httpx.HTTPTransport:
        with self._lock:
            if os.getpid() not in self._pools:
                limits = httpx.Limits(max_keepalive_connections=32)
                self._pools[os.getpid()] = httpx.HTTPTransport(limits=limits)
            return self._pools[os.getpid()]


def _sendable(name: str) -> str:
    """Headers of httpx are ASCII."""
    return name[:LONGEST_NAME].encode("ascii", "replace").decode()


def init_app(server: Flask, settings: WebSettings) -> None:
    """Remember where the API is."""
    transport = SharedTransport(settings.web_threads // 2)
    server.extensions["agelens_transport"] = transport
    server.extensions["agelens_stopping"] = transport.limit.close
    server.extensions["agelens_api_url"] = settings.api_url
    server.extensions["agelens_public_api_url"] = settings.public_api_url


def client(*, patience: float = NO_RETRIES) -> Client:
    """The API as the person who is logged in, or as nobody."""
    return anonymous(patience=patience, token=sessions.token() or "")


def anonymous(*, patience: float = NO_RETRIES, token: str = "") -> Client:
    """The API as nobody, or with a token."""
    extensions: dict[str, Any] = current_app.extensions
    return Client(
        extensions["agelens_api_url"],
        token,
        transport=extensions["agelens_transport"],
        timeout=ANSWER_SECONDS,
        patience=patience,
    )


def public_api_url(path: str = "") -> str:
    """Where people's own programs and browsers find the API."""
    origin: str = current_app.extensions["agelens_public_api_url"]
    return origin.rstrip("/").removesuffix("/api").rstrip("/") + path
