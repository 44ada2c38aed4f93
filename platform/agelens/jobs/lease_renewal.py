"""Renew a row's lease from a background thread while its job runs."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agelens.jobs.connections import sessions

log = structlog.get_logger()
RENEWALS_PER_LEASE = 10  # so that a canceled notebook ends soon


class LeaseRenewal:
    """A daemon thread that renews the lease; `lost` is set when there is nothing to hold.

    `renew` takes a session and says whether the row is still ours.
    """

    def __init__(self, renew: Callable[[Session], bool], lease_seconds: float) -> None:
        self.lost = threading.Event()
        self._renew = renew
        self._lease_seconds = lease_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._lease_seconds / RENEWALS_PER_LEASE):
            try:
                with sessions().begin() as session:
                    still_held = self._renew(session)
            # away, or the disk is full: whoever finds the lease expired decides
            except (SQLAlchemyError, OSError) as error:
                log.warning("lease not renewed", error=type(error).__name__)
                continue
            if not still_held:
                self.lost.set()
                return
