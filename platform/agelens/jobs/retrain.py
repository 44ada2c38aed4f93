"""Retraining job: claim it, run its notebook under a lease, publish the candidate bundle."""

import errno
import hashlib
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from agelens.clocks.bundles import pack, read_bundle
from agelens.domain.errors import AgeLensError
from agelens.jobs import process_supervision, scratch_folder
from agelens.jobs.connections import settings
from agelens.jobs.database_retry import in_transaction
from agelens.jobs.lease_renewal import LeaseRenewal
from agelens.jobs.notebooks import process
from agelens.services import publishing
from agelens.services.retraining import files, runs
from agelens.services.retraining.runs import RetrainingClaim, RetrainingFailed
from agelens.storage.retrainings import FileRole

log = structlog.get_logger()
Ending = Callable[[Session], bool]
LOOK_SECONDS = 0.1
WAIT_FOR_ROOM_SECONDS = 60.0
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
BUNDLE_FOLDER = "bundle"


class _DiskFullError(Exception):
    """The disk had no room left while the notebook ran."""


class _StoppedError(Exception):
    """The trainer was told to stop, or the retraining is no longer this trainer's."""


def retrain(retraining_id: str) -> None:
    """Run one retraining; the job of the `training` queue. Idempotent: claim and finish check the state."""
    key = uuid.UUID(retraining_id)
    lease_seconds = settings().lease_seconds
    with process_supervision.in_fork(), _stop_event() as stop:
        claimed = in_transaction(lambda session: runs.claim(session, key, lease_seconds))
        if claimed is None:
            return
        renew = partial(runs.renew, claimed=claimed, lease_seconds=lease_seconds)
        with LeaseRenewal(renew, lease_seconds) as lease:
            try:
                with scratch_folder.folder(settings().home, f"{key}-{claimed.attempts}") as folder:
                    ending = _ending(claimed, folder, lease, stop)
            except (_DiskFullError, OSError) as error:
                if isinstance(error, OSError) and error.errno not in NO_ROOM:
                    raise
                ending = _give_back(claimed, lease, stop)
        if ending is not None:
            in_transaction(ending)


@contextmanager
def _stop_event() -> Iterator[threading.Event]:
    """An event that SIGTERM sets, so that the retraining can be given back first."""
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)


def _ending(
    claimed: RetrainingClaim, folder: Path, lease: LeaseRenewal, stop: threading.Event
) -> Ending | None:
    """Run the notebook, and return the step that ends the retraining; None when the lease is lost."""
    try:
        _run(claimed, folder, lease, stop)
        candidate = _candidate(claimed, folder / BUNDLE_FOLDER)
        notebook = process.executed(folder)
        return partial(_publish, claimed=claimed, candidate=candidate, notebook=notebook)
    except DBAPIError:
        raise  # the lease runs out
    except _StoppedError:
        # After the death of a worker the lease runs out: that counts as an attempt.
        lost = lease.lost.is_set() or process_supervision.worker_is_gone()
        return None if lost else partial(runs.requeue, claimed=claimed)
    except _DiskFullError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise
        failure = error if isinstance(error, AgeLensError) else _unexpected(claimed)
        notebook = process.executed(folder)
        return partial(runs.fail, claimed=claimed, error=failure, notebook=notebook)


def _give_back(
    claimed: RetrainingClaim, lease: LeaseRenewal, stop: threading.Event
) -> Ending | None:
    """Wait for room on the disk, at most a minute, and queue the retraining again: no attempt is used."""
    log.warning("retraining found its disk full", retraining_id=str(claimed.id))
    deadline = time.monotonic() + WAIT_FOR_ROOM_SECONDS
    while scratch_folder.is_full(settings().home) and time.monotonic() < deadline:
        if lease.lost.is_set():
            return None
        if stop.wait(LOOK_SECONDS):
            break
    return None if lease.lost.is_set() else partial(runs.requeue, claimed=claimed)


def _unexpected(claimed: RetrainingClaim) -> AgeLensError:
    log.exception("retraining failed", retraining_id=str(claimed.id))
    words = "The retraining failed unexpectedly; the trainer's log has more."
    return RetrainingFailed("retraining_failed", words)


def _run(
    claimed: RetrainingClaim, folder: Path, lease: LeaseRenewal, stop: threading.Event
) -> None:
    """Run the notebook to its end."""
    notebook = settings().notebooks / claimed.notebook
    if not notebook.is_file():
        raise RetrainingFailed(
            "notebook_missing",
            f"{claimed.notebook} is not in the trainer's folder of notebooks (AGELENS_NOTEBOOKS)",
        )
    parameters = {**_files(claimed, folder), "out": BUNDLE_FOLDER, "version": claimed.version}
    deadline = time.monotonic() + settings().training_seconds
    was_full = False
    with process.running(folder, notebook, parameters) as run:
        while run.poll() is None:
            was_full = was_full or scratch_folder.is_full(settings().home)
            if stop.is_set() or lease.lost.is_set():
                raise _StoppedError
            if time.monotonic() > deadline:
                raise RetrainingFailed(
                    "notebook_timeout",
                    f"The notebook ran for longer than {settings().training_seconds:g} seconds "
                    "(AGELENS_TRAINING_SECONDS).",
                )
            time.sleep(LOOK_SECONDS)
    if run.returncode != 0:
        if was_full or scratch_folder.is_full(settings().home):
            raise _DiskFullError
        raise RetrainingFailed("notebook_failed", process.failure(folder))


def _files(claimed: RetrainingClaim, folder: Path) -> dict[str, str | None]:
    """Place the data files; their paths, relative to the notebook's folder."""
    names: dict[FileRole, str | None]
    names = {"data": claimed.data_name, "validation": claimed.validation_name}
    put = _fetch if claimed.data_source == "uploaded" else _link
    paths: dict[str, str | None] = dict.fromkeys(names)
    hashes = {}
    for role, name in names.items():
        if name is not None:
            path = folder / role / name
            path.parent.mkdir()
            put(claimed, role, path)
            paths[role] = str(path.relative_to(folder))
            with path.open("rb") as file:
                hashes[role] = hashlib.file_digest(file, "sha256").hexdigest()
    in_transaction(lambda session: runs.note_files(session, claimed, **hashes))
    return paths


def _fetch(claimed: RetrainingClaim, role: FileRole, path: Path) -> None:
    def write(session: Session) -> None:
        with path.open("wb") as file:
            for piece in files.pieces(session, claimed.id, role):
                file.write(piece)

    in_transaction(write)


def _link(claimed: RetrainingClaim, role: FileRole, path: Path) -> None:
    folder = settings().training_data
    configured = folder.expanduser().resolve() / path.name if folder else None
    if configured is None or not configured.is_file():
        raise RetrainingFailed(
            "data_missing",
            f"{path.name} is not in the trainer's folder of training data (AGELENS_TRAINING_DATA)",
        )
    path.symlink_to(configured)


def _candidate(claimed: RetrainingClaim, out: Path) -> publishing.Candidate:
    """The bundle that the notebook wrote, checked."""
    if not out.is_dir():
        raise RetrainingFailed("no_bundle", "The notebook ran to its end and wrote no bundle.")
    candidate = publishing.check(pack(read_bundle(out)))
    wrote = (candidate.manifest.name, candidate.manifest.version)
    if wrote != (claimed.model, claimed.version):
        raise RetrainingFailed(
            "wrong_bundle",
            f"The notebook wrote {' '.join(wrote)}, not {claimed.model} {claimed.version}.",
        )
    return candidate


def _publish(
    session: Session,
    claimed: RetrainingClaim,
    candidate: publishing.Candidate,
    notebook: bytes | None,
) -> bool:
    """Publish it; a failure when the version was taken meanwhile, with other content."""
    try:
        return runs.succeed(session, claimed, candidate, notebook)
    except AgeLensError as error:
        return runs.fail(session, claimed, error, notebook)
