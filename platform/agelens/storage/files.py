"""File storage of cohorts in a folder or an object store (fsspec: /srv/files, s3://bucket/files)."""

import errno
import io
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import fsspec
from fsspec.asyn import AsyncFileSystem
from fsspec.core import url_to_fs
from fsspec.exceptions import FSTimeoutError
from fsspec.implementations.local import LocalFileSystem

from agelens.domain.errors import NotFound, StorageFull, Unavailable
from agelens.settings import Settings

TIMEOUT_SECONDS = 15.0
LEFT_ALONE_SECONDS = 5.0  # after a time-out: what follows it in the same request fails at once
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# what libraries beneath fsspec raise that is no OSError
_FURTHER_ERRORS = (
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
    ("aiohttp", "ClientError"),
)


class Files:
    """Reads, writes and deletes below one address; connects when it is first asked for something.

    Names are relative, with `/` between folders, and never lead out of the folder. When the storage
    is away, or an object store has not answered after `timeout_seconds`, every method raises Unavailable.
    """

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._left_alone_until = float("-inf")
        self.is_checked = False  # whether it is known to belong to the database
        self._opened: tuple[int, fsspec.AbstractFileSystem, str] | None = None

    @classmethod
    def configured(cls, settings: Settings) -> "Files":
        """Where the settings say, with their time-out."""
        return cls(settings.storage_url, timeout_seconds=settings.storage_timeout_seconds)

    def write(self, name: str, fill: Callable[[BinaryIO], None]) -> None:
        """A file from what `fill` writes: there whole, or not at all; one of that name is replaced."""
        with self._system_and_path(name) as (system, path):
            if isinstance(system, LocalFileSystem):
                _write_beside(path, fill)
                return
            with tempfile.NamedTemporaryFile() as buffer:
                fill(buffer)  # type: ignore[arg-type]  # it has every method of BinaryIO
                buffer.flush()
                self._call(system, "put_file", buffer.name, path)

    def write_bytes(self, name: str, content: bytes) -> None:
        """A small file, whole or not at all."""

        def fill(stream: BinaryIO) -> None:
            stream.write(content)

        self.write(name, fill)

    def open(self, name: str) -> BinaryIO:
        """A file to read, from anywhere in it.

        Raises
        ------
        NotFound
            If there is none of that name.
        """
        with self._system_and_path(name) as (system, path):
            try:
                if not isinstance(system, LocalFileSystem):
                    # small enough to come in one request, here, where an outage is understood
                    return io.BytesIO(self._call(system, "cat_file", path))
                opened: BinaryIO = system.open(path, "rb")
            except FileNotFoundError as error:
                raise NotFound(f"There is no file {name}.") from error
            return opened

    def exists(self, name: str) -> bool:
        """Whether there is a file or a folder of that name."""
        # fsspec's own `exists` says no when the storage is away
        with self._system_and_path(name) as (system, path), suppress(FileNotFoundError):
            return bool(self._call(system, "info", path))
        return False

    def delete(self, name: str) -> None:
        """A folder with everything in it, or a file; what is not there is deleted already."""
        with self._system_and_path(name) as (system, path), suppress(FileNotFoundError):
            self._call(system, "rm", path, recursive=True)

    def folders(self, name: str) -> list[str]:
        """The names of the folders in a folder; none when it is not there."""
        with self._system_and_path(name) as (system, path), suppress(FileNotFoundError):
            entries = self._call(system, "ls", path, detail=True)
            return sorted(_last(f["name"]) for f in entries if f["type"] == "directory")
        return []

    def names(self, name: str) -> list[str]:
        """The names of the files in a folder; none when it is not there."""
        with self._system_and_path(name) as (system, path), suppress(FileNotFoundError):
            entries = self._call(system, "ls", path, detail=True)
            return sorted(_last(f["name"]) for f in entries if f["type"] == "file")
        return []

    def touched(self, name: str) -> datetime | None:
        """When a file in the folder was last written; None when there is none."""
        with self._system_and_path(name) as (system, path), suppress(FileNotFoundError):
            entries = self._call(system, "find", path, detail=True).values()
            return max((_last_modified(entry) for entry in entries), default=None)
        return None

    def _call(
        self, system: fsspec.AbstractFileSystem, method: str, *args: Any, **options: Any
    ) -> Any:
        """Call a method of a file system; one on the network has one deadline for everything in it.

        The read time-out of S3's client does not bound it: it starts when a request was sent, so not
        while the client waits for "100 Continue" before a body; and what timed out is sent again,
        5 times by botocore, each 5 times by s3fs.
        """
        if isinstance(system, AsyncFileSystem):
            if time.monotonic() < self._left_alone_until:
                raise FSTimeoutError
            options["timeout"] = self._timeout_seconds
        try:
            return getattr(system, method)(*args, **options)
        except FSTimeoutError:
            self._left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
            raise

    @contextmanager
    def _system_and_path(self, name: str) -> Iterator[tuple[fsspec.AbstractFileSystem, str]]:
        _check_inside(name)
        try:
            system, root = self._system()
            yield system, f"{root}/{name}"
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFull("The storage of files is full; nothing was lost.") from error
            raise Unavailable("The storage of files cannot be reached right now.") from error
        except Exception as error:
            if isinstance(error, _further_errors()):
                raise Unavailable("The storage of files cannot be reached right now.") from error
            raise

    def _system(self) -> tuple[fsspec.AbstractFileSystem, str]:
        """Opened once a process: connections do not survive a fork."""
        if self._opened is None or self._opened[0] != os.getpid():
            # other processes write too, so a remembered listing would be wrong
            system, root = url_to_fs(self._url, use_listings_cache=False)
            self._opened = (os.getpid(), system, root.rstrip("/"))
        return self._opened[1:]


def _write_beside(path: str, fill: Callable[[BinaryIO], None]) -> None:
    """Write, fsync file and folder, then rename: what the database counts survives a power cut."""
    folder, name = os.path.split(path)
    new_folders = _missing_folders(folder)
    os.makedirs(folder, exist_ok=True)
    unfinished = os.path.join(folder, f".{name}.{uuid.uuid4().hex}")
    try:
        with open(unfinished, "xb") as stream:
            fill(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, path)
        for changed in (folder, *(os.path.dirname(each) for each in new_folders)):
            _sync_folder(changed)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(unfinished)
        raise


def _missing_folders(folder: str) -> list[str]:
    """The folders on the way that do not exist yet, the innermost first."""
    missing = []
    while folder and not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    return missing


def _sync_folder(folder: str) -> None:
    """Force the folder's entries to the disk (POSIX: a rename is durable only then)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_inside(name: str) -> None:
    parts = name.split("/")
    if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
        raise ValueError(f"{name!r} does not name a place inside the folder")


def _last(path: str) -> str:
    return PurePosixPath(path).name


def _last_modified(entry: dict[str, Any]) -> datetime:
    """Local files tell seconds (`mtime`), object stores a time (`LastModified`)."""
    if "mtime" in entry:
        return datetime.fromtimestamp(entry["mtime"], UTC)
    moment: datetime = entry["LastModified"]
    return moment


def _further_errors() -> tuple[type[Exception], ...]:
    error_types = []
    for module, name in _FURTHER_ERRORS:
        with suppress(ImportError):
            error_types.append(getattr(import_module(module), name))
    return tuple(error_types)
