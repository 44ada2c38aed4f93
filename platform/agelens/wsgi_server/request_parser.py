"""What a request may cost before it has arrived: its head, its body, its chunks; and what is refused.

`Request` is waitress' parser with deadlines and limits; `connections` has the loop that feeds it. The
limits are in docs/settings.md, the reasons in docs/decisions/web-server.md.
"""

import errno
import json
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser
from waitress.utilities import BadRequest, Error

MAX_HEAD_BYTES = 64 * 1024
UNASKED_BODY_BYTES = 64 * 1024  # received before the application is asked
UNSAID_BODY_BYTES = 8 * 1024 * 1024  # of one in chunks, where the application names no limit
IN_MEMORY_BYTES = 256 * 1024  # of a body; a longer one is kept in a temporary file
MAX_CHUNK_LINE_BYTES, MAX_TRAILER_BYTES = 1024, 8 * 1024
SILENT_BODY_SECONDS = 60  # nothing of a body arrives
BODY_GRACE_SECONDS = 20  # before the minimum rate counts
# What server and applications tell each other in WSGI's environment.
BODY_WAS_WANTED = "agelens.body_was_wanted"
MAX_BODY_BYTES = "agelens.max_body_bytes"


@dataclass(frozen=True)
class Limits:
    """What an operator can set."""

    head_seconds: float
    body_seconds: float
    body_bytes_per_second: int
    connections: int

    def adjustments(self) -> Adjustments:
        """waitress' own settings."""
        return Adjustments(
            backlog=2048,
            cleanup_interval=1,
            clear_untrusted_proxy_headers=False,  # the applications have ProxyFix
            connection_limit=self.connections,
            ident="",
            inbuf_overflow=IN_MEMORY_BYTES,
            log_socket_errors=False,
            max_request_body_size=2**62,  # the application knows the limit of each route
            max_request_header_size=MAX_HEAD_BYTES,
        )


class TooSlow(Error):
    """The head or the body did not arrive in time."""

    code, reason = 408, "Request Timeout"


class Busy(Error):
    """There is no room for one more; trying again soon helps."""

    code, reason = 503, "Service Unavailable"


class DiskFull(Error):
    """The temporary file of a body found no room; somebody has to free some."""

    code, reason = 507, "Insufficient Storage"


PROBLEM_CODES = {
    408: "too_slow",
    413: "too_large",
    500: "internal_error",
    503: "unavailable",
    507: "storage_full",
}
RETRY_AFTER_SECONDS = {Busy.code: "2", DiskFull.code: "30"}


def problem(error: Error) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body of what the server itself refuses."""
    code = PROBLEM_CODES.get(error.code, "bad_request")
    request_id = uuid.uuid4().hex
    body = {
        "type": f"urn:agelens:problem:{code}",
        "title": error.reason,
        "status": error.code,
        "detail": error.body,
        "code": code,
        "request_id": request_id,
    }
    headers = [("Content-Type", "application/problem+json"), ("X-Request-ID", request_id)]
    if error.code in RETRY_AFTER_SECONDS:
        headers.append(("Retry-After", RETRY_AFTER_SECONDS[error.code]))
    return f"{error.code} {error.reason}", headers, json.dumps(body).encode()


class Request(HTTPRequestParser):
    """A request as far as it has arrived."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began = self.last_bytes = time.monotonic()  # of the head, then of the body
        self.queued = 0.0
        self.body_wanted = False  # the application was asked for its body and began to read
        self.is_cut = False  # longer than the application takes
        self.limit: int | None = None
        self.environ: dict[str, Any] = {}

    @property
    def is_unreceived(self) -> bool:
        """Whether some of its body is still to come."""
        return self.is_cut or not self.completed

    @property
    def must_ask(self) -> bool:
        """Whether no more of it is received before the application wants it."""
        size = max(self.content_length, self.body_bytes_received)
        return not self.completed and not self.body_wanted and size > UNASKED_BODY_BYTES

    def received(self, data: bytes) -> int:
        had_head = self.headers_finished
        try:
            consumed: int = super().received(data)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self.error = DiskFull("The server's disk is full. Nothing was lost.")
            self.completed = self.is_cut = True
            return len(data)
        self.last_bytes = time.monotonic()
        if self.headers_finished and not had_head:
            self.began = self.last_bytes
        if self.chunked and not self.error:
            self._check_chunks()
        return consumed

    def close(self) -> None:
        """Let go of the temporary file, also of one that found no room for what it held back."""
        with suppress(OSError):
            super().close()

    def want(self, max_bytes: int) -> None:
        """Begin to receive the body; of one in chunks little more than so many bytes."""
        self.body_wanted, self.limit = True, max_bytes
        self.began = self.last_bytes = time.monotonic()

    def _check_chunks(self) -> None:
        body = self.body_rcv
        if len(body.control_line) > MAX_CHUNK_LINE_BYTES or len(body.trailer) > MAX_TRAILER_BYTES:
            self.error = BadRequest("The line of a chunk or the trailer is too long.")
            self.completed = True
        elif self.limit is not None and len(body) > self.limit and not self.completed:
            self.headers["CONTENT_LENGTH"] = str(len(body))  # enough to be refused
            self.completed = self.is_cut = True

    def caller(self, address: str) -> str:
        """Whose body it is, once the application has looked at the credentials and wants it."""
        return str(self.headers.get("AUTHORIZATION") or self.headers.get("COOKIE") or address)

    def complaint(self, limits: Limits, now: float) -> str:
        """Why no more of it is awaited; nothing while it arrives in time."""
        seconds = now - self.began
        if not self.headers_finished:
            return "The head took too long." if seconds > limits.head_seconds else ""
        due_bytes = (seconds - BODY_GRACE_SECONDS) * limits.body_bytes_per_second
        too_slow = (
            self.body_bytes_received < due_bytes or now - self.last_bytes > SILENT_BODY_SECONDS
        )
        if too_slow or seconds > limits.body_seconds:
            return "The body took too long."
        return ""
