"""Entry points of the worker processes: predictions and cohorts, or retrainings."""

from collections.abc import Sequence
from functools import partial
from importlib import import_module

import structlog
from sqlalchemy.exc import OperationalError

from agelens.clocks import references
from agelens.domain.errors import Unavailable
from agelens.jobs import process_supervision, scratch_folder
from agelens.jobs.connections import files, redis_url, settings
from agelens.jobs.database_retry import in_transaction
from agelens.queueing.jobs import COHORT
from agelens.queueing.queue import COHORTS, IN_PROCESS, TRAINING
from agelens.queueing.worker import work, work_in_forks
from agelens.services import model_registry, storage_binding
from agelens.storage import schema_version
from agelens.storage.engine import open_engine

log = structlog.get_logger()
DATABASE_MAY_TAKE_SECONDS = 30.0


def main(queues: Sequence[str] = IN_PROCESS) -> None:
    """Load the clocks and what the jobs need, then take jobs until stopped."""
    _check_schema()
    if folder := settings().references:
        references.use_folder(folder)
    clocks = in_transaction(model_registry.warm, give_up_after_seconds=DATABASE_MAY_TAKE_SECONDS)
    if COHORTS in queues:
        _check_storage()
        import_module(COHORT.module)  # or the first cohort would wait for it
    log.info("worker listens", queues=list(queues), clocks=clocks)
    work(redis_url(), queues)


def _check_schema() -> None:
    """Refuse to work with tables of another version."""
    in_transaction(schema_version.check, give_up_after_seconds=DATABASE_MAY_TAKE_SECONDS)


def _check_storage() -> None:
    """Refuse to start on a storage of another installation; one that is away is checked later."""
    try:
        in_transaction(partial(storage_binding.ensure, files=files()))
    except Unavailable as error:
        log.warning("storage not checked yet", error=error.detail)


def train() -> None:
    """Take retrainings until stopped. The parent keeps no connection open: each job forks."""
    _check_schema_once()
    scratch_folder.remove_abandoned(settings().home)
    process_supervision.expect_forks()
    log.info("trainer listens", notebooks=str(settings().notebooks))
    work_in_forks(redis_url(), [TRAINING], killed=_clean_up)


def _check_schema_once() -> None:
    """As `_check_schema`, on a connection that is closed again; an absent database is no hindrance."""
    engine = open_engine(str(settings().database_url))
    try:
        with engine.connect() as connection:
            schema_version.check(connection)
    except OperationalError as error:
        log.warning("schema not checked yet", error=type(error).__name__)
    finally:
        engine.dispose()


def _clean_up() -> None:
    """Kill the processes and delete the data that a killed retraining left."""
    process_supervision.end_orphans()
    scratch_folder.remove_abandoned(settings().home)
