"""The one place where the API is put together."""

import re
from threading import BoundedSemaphore

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from agelens.clocks import references
from agelens.queueing import JobQueue
from agelens.response_headers import add_headers
from agelens.settings import Settings
from agelens.storage.engine import ENGINE_OPTIONS, ping_idle_connections, sqlalchemy_url
from agelens.storage.files import Files
from agelens.web import rate_limits
from agelens.web.extensions import db, limiter, login_manager
from agelens.web.long_polling import LongPollLimit
from agelens.web.observability import observe
from agelens.web.openapi import serve_document
from agelens.web.problems import register_problems
from agelens.web.request_bodies import (
    BodyRequest,
    OrjsonProvider,
    refuse_large_bodies,
    refuse_nul,
)
from agelens.web.routes import (
    accounts,
    admin,
    assessments,
    cohort_files,
    cohorts,
    docs,
    models,
    passwords,
    retrainings,
    sharing,
    system,
    tasks,
    timeline,
    wallet,
)

SPARE_CONNECTIONS = 4


def create_app(settings: Settings) -> Flask:
    """A WSGI app. It connects to PostgreSQL and Redis when the first request needs them."""
    if settings.database_url is None or settings.redis_url is None:
        raise ValueError("DATABASE_URL and REDIS_URL must be set; `agelens up` sets them")
    app = Flask("agelens.web", template_folder="templates")
    app.request_class = BodyRequest
    app.json = OrjsonProvider(app)
    app.config.from_mapping(_config(settings))
    app.extensions["agelens_settings"] = settings
    if settings.references:
        references.use_folder(settings.references)
    app.extensions["agelens_queue"] = JobQueue(
        settings.redis_url,
        job_timeout_seconds=settings.lease_seconds,
        training_seconds=settings.training_seconds,
    )
    app.extensions["agelens_files"] = Files.configured(settings)
    app.extensions["agelens_long_poll_limit"] = LongPollLimit(max(1, settings.api_threads * 3 // 4))
    app.extensions["agelens_upload_slots"] = BoundedSemaphore(max(1, settings.api_threads // 4))
    app.extensions["agelens_stopping"] = app.extensions["agelens_long_poll_limit"].close
    add_headers(app)
    observe(app)
    register_problems(app)
    refuse_large_bodies(
        app,
        {
            "admin.publish": settings.max_bundle_bytes,
            "retrainings.create": settings.max_dataset_bytes,
            "cohorts.create": settings.max_cohort_bytes,
            "assessments.import_report": assessments.MOST_REPORT_BYTES,
        },
        json_too=("cohorts.create", "assessments.import_report"),
    )
    refuse_nul(app)
    db.init_app(app)
    with app.app_context():
        ping_idle_connections(db.engine)
    login_manager.init_app(app)
    limiter.init_app(app)
    parts = (
        accounts,
        passwords,
        wallet,
        models,
        tasks,
        assessments,
        sharing,
        timeline,
        cohorts,
        cohort_files,
        admin,
        retrainings,
        system,
    )
    blueprints = [module.blueprint for module in parts]
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    serve_document(app, blueprints)
    app.register_blueprint(docs.blueprint)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        # replacing the method is how Flask documents it
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": settings.max_body_bytes,
        "SQLALCHEMY_DATABASE_URI": sqlalchemy_url(settings.database_url or ""),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            **ENGINE_OPTIONS,
            "pool_size": max(1, settings.api_threads // 2),  # who waits holds no connection
            "max_overflow": SPARE_CONNECTIONS,
        },
        "RATELIMIT_ENABLED": settings.rate_limits == "on",
        "RATELIMIT_DEFAULT": rate_limits.PER_CALLER,
        # The limiter's own spelling of a unix socket.
        "RATELIMIT_STORAGE_URI": re.sub("^unix:", "redis+unix:", str(settings.redis_url)),
        "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_STRATEGY": "fixed-window",
    }
