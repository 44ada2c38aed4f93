"""A worker process: of predictions and cohorts, or of retrainings."""

from collections.abc import Sequence

import structlog

from agelens.jobs import forks, process_supervision, scratch_folder
from agelens.jobs.database_retry import in_transaction, settings
from agelens.queueing.queue import IN_PROCESS, TRAINING
from agelens.queueing.worker import work, work_in_forks
from agelens.services import registry

log = structlog.get_logger()
DATABASE_MAY_TAKE_SECONDS = 30.0


def main(queues: Sequence[str] = IN_PROCESS) -> None:
    """Warm the clocks, then listen until told to stop."""
    clocks = in_transaction(registry.warm, patience_seconds=DATABASE_MAY_TAKE_SECONDS)
    log.info("worker listens", queues=list(queues), clocks=clocks)
    work(_redis_url(), queues)


def train() -> None:
    """Take retrainings until told to stop. Nothing connects before a job is in a fork of its own."""
    scratch_folder.clear(settings().home)
    forks.expect_forks()
    log.info("trainer listens", notebooks=str(settings().notebooks))
    work_in_forks(_redis_url(), [TRAINING], killed=_clean_up)


def _clean_up() -> None:
    """After a killed retraining: no process and no data of it stay."""
    process_supervision.end_orphans()
    scratch_folder.clear(settings().home)


def _redis_url() -> str:
    redis_url = settings().redis_url
    if redis_url is None:
        raise RuntimeError("REDIS_URL is not set; `agelens up` starts a Redis of its own")
    return redis_url
