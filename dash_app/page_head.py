"""The head of a page: who is logged in, for other tabs to notice; and what is not for search engines."""

import hashlib

from flask import Flask, Response, request

from dash_app import sessions

SHARED = "/shared/"
PRIVATE = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def init_app(server: Flask) -> None:
    """Pages whose address is a secret are kept from search engines, other sites and caches."""

    @server.after_request
    def keep_private(response: Response) -> Response:
        if request.path.startswith((SHARED, "/reset/")):
            response.headers.update(PRIVATE)
        return response


def metas() -> str:
    """Elements for the index."""
    tags = f'<meta name="agelens-person" content="{_mark()}">'
    if request.path.startswith(SHARED):
        tags += '<meta name="robots" content="noindex, nofollow">'
    return tags


def _mark() -> str:
    """The same for the same person; it says nothing else of them."""
    person = sessions.person()
    return hashlib.sha256(person.id.encode()).hexdigest()[:16] if person else ""
