"""The application factory of the web app."""

from datetime import timedelta
from pathlib import Path

import dash
from agelens.settings import WebSettings
from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from dash_app import (
    api_client,
    file_slots,
    forms,
    localization,
    page_head,
    pages,
    password_forms,
    problems,
    sessions,
    sharing,
    shell,
    static_files,
)

LONGEST_SESSION = timedelta(days=30)
INDEX = (Path(__file__).parent / "index.html").read_text(encoding="utf-8")


class App(dash.Dash):  # type: ignore[misc]  # Dash comes without types
    """Dash, with an index for whoever asks, in their language."""

    def interpolate_index(self, **parts: str) -> str:
        """The page that everything is drawn into."""
        parts["metas"] = parts.get("metas", "") + page_head.metas()
        return localization.fill_index(super().interpolate_index(**parts))


def create_app(settings: WebSettings) -> Flask:
    """A WSGI app. It asks the API when the first page is shown, not before."""
    server = Flask("dash_app", static_folder=None)
    server.config.from_mapping(_config(settings))
    server.extensions["agelens_settings"] = settings
    localization.init_app(server)
    page_head.init_app(server)
    api_client.init_app(server, settings)
    file_slots.init_app(server, settings)
    sessions.login_manager.init_app(server)
    csrf = CSRFProtect(server)
    forms.init_app(server, csrf)
    password_forms.init_app(server)
    server.add_url_rule("/healthz", "healthz", _healthz)
    assets = static_files.assets_path()
    static_files.init_app(server)
    app = App(
        "dash_app",
        server=server,
        assets_folder=str(static_files.FOLDER),
        assets_url_path=assets,
        assets_ignore=static_files.LOADED_BY_THE_INDEX,
        use_pages=True,
        pages_folder="",
        include_pages_meta=False,
        suppress_callback_exceptions=True,  # each page brings its own components
        serve_locally=True,
        title=shell.TITLE,
        update_title=None,
        index_string=INDEX.replace("{%assets%}", f"/{assets}"),
        on_error=problems.on_error,
        add_log_handler=False,
        enable_mcp=False,
        csrf_token_name=sessions.CSRF_COOKIE,
    )
    app.layout = shell.layout
    shell.register(app)
    pages.register(app)
    sharing.register(app)
    for kind in (
        DependencyException,
        InvalidResourceError,
    ):  # Dash answers 500, or repeats the path
        server.register_error_handler(kind, _nothing_there)
    _declare_policy(server, app)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        # replacing the method is how Flask documents it
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # as Flask documents it
    return server


def _config(settings: WebSettings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "agelens_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.env == "production",
        "PERMANENT_SESSION_LIFETIME": LONGEST_SESSION,  # a token that ends sooner ends it
        # a slow answer to an earlier page must not bring back who has logged out meanwhile
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # it asks for the Referer, which some browsers keep
        "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
    }


def _healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


def _nothing_there(_: Exception) -> Response:
    return Response("Not found\n", 404, mimetype="text/plain")


def _declare_policy(server: Flask, app: dash.Dash) -> None:
    """Dash's inline scripts are known at the first request only; until then there is no page."""

    @server.before_request
    def declare() -> None:
        server.config["CONTENT_SECURITY_POLICY"] = "; ".join(
            [
                "default-src 'none'",
                " ".join(["script-src 'self'", *app.csp_hashes()]),
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data: blob:",
                "font-src 'self' data:",
                "connect-src 'self'",
                "worker-src blob:",
                "manifest-src 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
                "form-action 'self'",
            ]
        )
