"""Whether the file storage can be written now: the part that `/readyz` shows of it."""

import threading
import time
import uuid

import structlog

from agelens.domain.errors import StorageFull, StorageMismatch, Unavailable
from agelens.services import storage_binding
from agelens.storage.files import Files

PROBE = "agelens-probe"
PROBE_BYTES = 64 * 1024  # a disk that is full to the last byte may still take a small file
FRESH_SECONDS = 3.0
ANSWERS_WITHIN_SECONDS = 2.0
OK, AWAY, FULL, FOREIGN = "ok", "away", "full", "of another installation"

log = structlog.get_logger()


class StorageProbe:
    """Writes a small file every few seconds at most, from a thread: a storage may hang."""

    def __init__(self, files: Files) -> None:
        """Nothing is written before somebody asks."""
        self._files = files
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._state = AWAY
        self._looked_at = float("-inf")

    def state(self, installation: uuid.UUID | None, *, bound: bool = False) -> str:
        """`ok`, `away`, `full` or `of another installation` than the database's, if that is known."""
        with self._lock:
            if time.monotonic() - self._looked_at < FRESH_SECONDS:
                return self._state
            if self._thread is None or not self._thread.is_alive():
                arguments = (installation, bound)
                self._thread = threading.Thread(target=self._look, args=arguments, daemon=True)
                self._thread.start()
            looking = self._thread
        looking.join(ANSWERS_WITHIN_SECONDS)
        return AWAY if looking.is_alive() else self._state

    def _look(self, installation: uuid.UUID | None, bound: bool) -> None:
        state = AWAY
        try:
            if installation is not None:
                storage_binding.compare(self._files, installation, bound=bound)
            self._files.write_bytes(PROBE, bytes(PROBE_BYTES))
            state = OK
        except StorageMismatch:
            state = FOREIGN
        except StorageFull:
            state = FULL
        except (Unavailable, OSError) as error:
            log.warning("storage is away", error=str(error))
        self._state, self._looked_at = state, time.monotonic()
