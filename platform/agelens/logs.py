"""Configure logging: lines in development, JSON in production. A full disk loses lines, never work."""

import logging
import sys
from typing import Literal

import structlog


class LossyLogger:
    """Prints lines to standard output, dropping what cannot be written.

    In a service that is a file, and a log on a full disk must not stop the work. The first line that
    can be written again says how many may be missing.
    """

    def __init__(self) -> None:
        self.lost = 0

    def msg(self, message: str) -> None:
        """Print a line in one write, so that threads do not mix theirs."""
        try:
            if self.lost:
                _print(f"{self.lost} log lines may be missing here: they could not be written")
                self.lost = 0
            _print(message)
        except (OSError, ValueError):  # ValueError: closed, or not in the terminal's encoding
            self.lost += 1

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")  # looked up each time: tests replace it
    sys.stdout.flush()


def configure_logs(log_format: Literal["console", "json"]) -> None:
    """Set up structlog for this process; levels below INFO are dropped."""
    renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    if log_format == "json":
        renderer = structlog.processors.JSONRenderer()
    logger = LossyLogger()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if log_format == "json" else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: logger,
        cache_logger_on_first_use=True,
    )
