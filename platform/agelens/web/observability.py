"""Logs and Prometheus metrics of requests."""

import time
from contextlib import suppress

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from agelens.web.metrics import CounterFiles

REQUESTS = Counter(
    "agelens_http_requests_total", "Requests answered", ["method", "endpoint", "status"]
)
SECONDS = Histogram(
    "agelens_http_request_seconds", "Time to answer, waiting included", ["endpoint"]
)
KNOWN_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
log = structlog.get_logger()


def observe(app: Flask) -> None:
    """Count, time and log each request; never its body, its query or its token."""
    counter_files = CounterFiles(app.extensions["agelens_settings"].metrics_dir)

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        # a client may make methods up; each would be a time series for ever
        method = request.method if request.method in KNOWN_METHODS else "other"
        if counter_files.are_ready():
            with suppress(OSError):
                REQUESTS.labels(method, endpoint, str(response.status_code)).inc()
                SECONDS.labels(endpoint).observe(seconds)
        if response.status_code >= 500:
            level = log.error if response.status_code == 500 else log.warning
            level(
                "request failed",
                method=request.method,
                path=_path_without_secret(),
                status=response.status_code,
                request_id=g.get("request_id"),
            )
        return response


def _path_without_secret() -> str:
    """The path, in which a link to a shared result has its token."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(token, "...") if token else request.path
