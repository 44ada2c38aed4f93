"""`agelens api`: the API under gunicorn."""

import os
from typing import Any

import structlog

from agelens.commands import lean_imports
from agelens.domain.registry import biomarkers
from agelens.settings import Settings
from agelens.wsgi_server.gunicorn_server import Server, bind, limits


def run(settings: Settings) -> None:
    """Serve until told to stop."""
    metrics_dir = settings.metrics_dir or settings.home / "metrics"
    metrics_dir.mkdir(parents=True, exist_ok=True)
    for counters in metrics_dir.glob("*.db"):  # of processes that are gone
        counters.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_dir)  # read by prometheus_client itself
    with lean_imports.without_collections():
        lean_imports.without_pandas()
        from agelens.web import create_app  # it reads the line above

        biomarkers()  # else each process would read the registry with its first cohort

    settings = settings.model_copy(update={"metrics_dir": metrics_dir})
    _check_storage(settings)
    Server(
        lambda: create_app(settings),
        limits(settings),
        bind=bind(settings.api_host, settings.api_port),
        workers=settings.api_processes,
        threads=settings.api_threads,
        proc_name="agelens-api",
        child_exit=_forget_metrics,
    ).run()


def _check_storage(settings: Settings) -> None:
    """Refuse to start on another installation's storage; what cannot be reached is checked later."""
    from sqlalchemy.exc import SQLAlchemyError

    from agelens.domain.errors import Unavailable
    from agelens.services import storage_binding
    from agelens.storage.engine import open_engine, session_factory
    from agelens.storage.files import Files

    engine = open_engine(str(settings.database_url))
    try:
        with session_factory(engine).begin() as session:
            storage_binding.check(session, Files.configured(settings))
    except (SQLAlchemyError, Unavailable) as error:
        structlog.get_logger().warning("storage not checked yet", error=type(error).__name__)
    finally:
        engine.dispose()


def _forget_metrics(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
