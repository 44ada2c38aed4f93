"""`agelens dash`: the web app under gunicorn, for any API."""

from flask import Flask

from agelens.commands import lean_imports, secret_key
from agelens.response_headers import add_headers
from agelens.settings import WebSettings, forget_token
from agelens.wsgi_server.gunicorn_server import Server, bind, limits


def run(settings: WebSettings) -> None:
    """Serve until told to stop; the API may come later."""
    with lean_imports.without_collections():
        import dash_app.app  # noqa: F401  what is missing is said here, before anything is served

    forget_token()
    settings = with_a_key_of_its_own(settings)
    Server(
        lambda: make_app(settings),
        limits(settings),
        bind=bind(settings.web_host, settings.web_port),
        workers=settings.web_processes,
        threads=settings.web_threads,
        proc_name="agelens-dash",
    ).run()


def with_a_key_of_its_own(settings: WebSettings) -> WebSettings:
    """Settings whose key signs cookies and opens nothing that the API has encrypted."""
    key = settings.secret_key or secret_key.kept_in(settings.home)
    return settings.model_copy(
        update={"secret_key": secret_key.derived(key, "cookies of the web app")}
    )


def make_app(settings: WebSettings) -> Flask:
    """The web app with the headers that every answer of ours has."""
    from dash_app.app import create_app

    server = create_app(settings)
    add_headers(server)
    return server
