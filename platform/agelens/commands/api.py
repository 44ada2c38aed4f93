"""`agelens api`: the API under gunicorn."""

import os
from typing import Any

from agelens.commands.serving import Server, bind
from agelens.settings import Settings


def run(settings: Settings) -> None:
    """Serve until told to stop."""
    metrics_dir = settings.metrics_dir or settings.home / "metrics"
    metrics_dir.mkdir(parents=True, exist_ok=True)
    for counters in metrics_dir.glob("*.db"):  # of processes that are gone
        counters.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_dir)  # read by prometheus_client itself
    from agelens.web import create_app  # once, not by each process; it reads the line above

    settings = settings.model_copy(update={"metrics_dir": metrics_dir})
    Server(
        lambda: create_app(settings),
        bind=bind(settings.api_host, settings.api_port),
        workers=settings.api_processes,
        threads=settings.api_threads,
        proc_name="agelens-api",
        child_exit=_forget_metrics,
    ).run()


def _forget_metrics(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
