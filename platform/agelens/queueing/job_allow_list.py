"""Accept only jobs that AgeLens enqueues: whoever can write to Redis must not run code.

RQ imports and calls whatever function a job names, and its callbacks. Here a job is dropped, with a
line in the log, unless its id, queue, function and argument are those of one of our job kinds.
"""

import re
import uuid
import zlib
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from rq.exceptions import NoSuchJobError
from rq.job import Job

from agelens.queueing.jobs import KINDS

log = structlog.get_logger()
# what RQ needs to run a job of ours; callbacks, webhooks, repeats and dependencies are not read
_READ = frozenset(
    [
        "created_at",
        "data",
        "description",
        "ended_at",
        "enqueued_at",
        "failure_ttl",
        "last_heartbeat",
        "origin",
        "result_ttl",
        "started_at",
        "status",
        "timeout",
        "worker_name",
    ]
)
_ID = re.compile(r"(?P<kind>[a-z]+)-(?P<row>[0-9a-f-]{36})-\d+")
_BY_NAME = {kind.name: kind for kind in KINDS}
LARGEST_DATA = 4096


class AllowedJob(Job):
    """RQ's job, restored from Redis only if it is one of ours."""

    def restore(self, raw_data: Mapping[Any, Any]) -> Any:
        """Read the job's fields.

        Raises
        ------
        NoSuchJobError
            If it is no job of AgeLens; RQ then takes the next one.
        """
        fields = {_text(name): value for name, value in raw_data.items()}
        try:
            _check(self.id, fields)
            return super().restore({k.encode(): v for k, v in fields.items() if k in _READ})
        except NoSuchJobError:
            raise
        except Exception as error:
            log.error("foreign job dropped", job_id=self.id[:100], error=str(error)[:200])
            raise NoSuchJobError(f"{self.id} is no job of AgeLens") from error


def _check(job_id: str, fields: Mapping[str, Any]) -> None:
    """ValueError, or whatever the data provoke, unless the job is as `JobQueue` makes it."""
    match = _ID.fullmatch(job_id)
    kind = _BY_NAME.get(match["kind"]) if match else None
    if match is None or kind is None:
        raise ValueError("its id is not one of ours")
    row = str(uuid.UUID(match["row"]))
    expected = [row] if kind.per_row else []
    function, instance, arguments, keyword_arguments = orjson.loads(_inflated(fields["data"]))
    if (function, instance, arguments, keyword_arguments) != (kind.path, None, expected, {}):
        raise ValueError("it does not call the function of its kind with its row")
    if _text(fields.get("origin", b"")) != kind.queue:
        raise ValueError("it is in a queue of another kind")


def _inflated(data: bytes) -> bytes:
    if len(data) > LARGEST_DATA:
        raise ValueError("its data are too long")
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(data, LARGEST_DATA)
    except zlib.error:  # RQ reads plain data, too
        return data
    if unpacker.unconsumed_tail:
        raise ValueError("its data are too long")
    return plain


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
