"""A worker process: clocks are loaded before the first job is taken."""

from collections.abc import Sequence

import structlog

from agelens.jobs.patience import in_transaction, settings
from agelens.queueing.queue import QUEUES
from agelens.queueing.worker import work
from agelens.services import registry

log = structlog.get_logger()
DATABASE_MAY_TAKE_SECONDS = 30.0


def main(queues: Sequence[str] = QUEUES) -> None:
    """Warm the clocks, then listen until told to stop."""
    redis_url = settings().redis_url
    if redis_url is None:
        raise RuntimeError("REDIS_URL is not set; `agelens up` starts a Redis of its own")
    clocks = in_transaction(registry.warm, patience_seconds=DATABASE_MAY_TAKE_SECONDS)
    log.info("worker listens", queues=list(queues), clocks=clocks)
    work(redis_url, queues)
