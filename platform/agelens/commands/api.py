"""`agelens api`: the API under gunicorn."""

import os
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from agelens.settings import Settings

SECONDS_TO_FINISH = 35  # the longest `?wait=` is 30
SECONDS_OF_KEEPALIVE = 75  # longer than a proxy keeps its side open, so that we never close first


class Server(BaseApplication):
    """gunicorn, configured from our settings instead of a file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in _options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        from agelens.web import create_app

        return create_app(self._settings)


def run(settings: Settings) -> None:
    """Serve until told to stop."""
    metrics_dir = settings.metrics_dir or settings.home / "metrics"
    metrics_dir.mkdir(parents=True, exist_ok=True)
    for counters in metrics_dir.glob("*.db"):  # of processes that are gone
        counters.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_dir)  # read by prometheus_client itself
    Server(settings.model_copy(update={"metrics_dir": metrics_dir})).run()


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "bind": f"{settings.api_host}:{settings.api_port}",
        "workers": settings.api_processes,
        "worker_class": "gthread",
        "threads": settings.api_threads,
        "backlog": 1024,
        "limit_request_line": 8190,  # beyond it gunicorn itself answers, not with a problem
        "keepalive": SECONDS_OF_KEEPALIVE,
        "timeout": 60,
        "graceful_timeout": SECONDS_TO_FINISH,
        "proc_name": "agelens-api",
        "loglevel": "warning",
        "child_exit": _forget_metrics,
        "control_socket_disable": True,
    }


def _forget_metrics(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
