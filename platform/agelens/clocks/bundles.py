"""Read, verify, pack and write clock bundles: data files with hashes, no executable code."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from agelens.clocks.base import Clock
from agelens.clocks.kinds import build_of
from agelens.clocks.manifests import (
    CARD,
    MANIFEST,
    check_hashes,
    manifest_document,
    manifest_from_json,
)
from agelens.domain.errors import InvalidBundle, InvalidInput

MAX_FILES = 16
MAX_BYTES = 64 * 1024 * 1024

DEFAULT = "kaggle-age"
SHORT_NAMES = {"kaggle": "kaggle-age", "mortality": "mortality-age"}


def version_key(version: str) -> tuple[tuple[int, str], ...]:
    """What versions are sorted by: their numbers, so that 1.10.0 comes after 1.9.0."""
    return tuple((int(p), "") if p.isdigit() else (-1, p) for p in version.split("."))


def _shipped_directories() -> tuple[Path, ...]:
    """Clock by clock, the newest version first.

    On an empty database the first one published becomes the default clock, and of each clock the
    first version the active one.
    """
    paths = (Path(__file__).parent / "shipped").glob(f"*/*/{MANIFEST}")
    newest_first = sorted(
        (path.parent for path in paths), key=lambda d: version_key(d.name), reverse=True
    )
    return tuple(sorted(newest_first, key=lambda d: (d.parent.name != DEFAULT, d.parent.name)))


SHIPPED: tuple[Path, ...] = _shipped_directories()


def shipped(name: str) -> Path | None:
    """The directory of the newest shipped version of a clock, if there is one."""
    versions = [directory for directory in SHIPPED if directory.parent.name == name]
    return max(versions, key=lambda d: version_key(d.name), default=None)


def find_clock(name: str) -> Clock:
    """The clock of the bundle that `find_bundle` finds."""
    return load_clock(read_bundle(find_bundle(name)))


def find_bundle(name: str, version: str | None = None) -> Path:
    """The directory of a shipped clock, or another bundle's.

    Parameters
    ----------
    name : str
        The name of a shipped clock, long or short, also as `name@version`; else a path.
    version : str, optional
        Of a shipped clock whose name says none; the newest one when absent.

    Raises
    ------
    InvalidInput
        At "clock", if there is neither.
    """
    clock_name, separator, name_version = name.partition("@")
    clock_name, version = (
        SHORT_NAMES.get(clock_name, clock_name),
        name_version if separator else version,
    )
    versions = [directory for directory in SHIPPED if directory.parent.name == clock_name]
    if version is not None:
        path = next(
            (
                version_directory
                for version_directory in versions
                if version_directory.name == version
            ),
            None,
        )
    else:
        path = shipped(clock_name)
    if path is None and name and Path(name).is_dir():  # "" would be the current directory
        path = Path(name)
    if path is not None:
        return path
    if versions:
        lack = (
            f"{clock_name} has no version {version}"
            if version
            else f"{clock_name}@ names no version"
        )
        message = f"{lack}; shipped: {', '.join(d.name for d in versions)}"
    else:
        names = sorted({directory.parent.name for directory in SHIPPED})
        message = f'there is no "{name}"; shipped: {", ".join(names)}'
    raise InvalidInput.at("clock", message)


def read_bundle(directory: Path) -> dict[str, bytes]:
    """Every file of a bundle directory, by name.

    Raises
    ------
    InvalidBundle
        If it is not a bundle directory, holds anything but plain files, or is larger than a bundle
        may be.
    """
    if not (directory / MANIFEST).is_file():
        raise InvalidBundle.at(MANIFEST, f"there is none in {directory}")
    paths = sorted(directory.iterdir())
    for path in paths:
        if path.is_symlink() or not path.is_file():
            kind = "a link" if path.is_symlink() else "a folder" if path.is_dir() else "no file"
            raise InvalidBundle.at(path.name, f"is {kind}; a bundle holds plain files only")
    _check_size(len(paths), sum(path.stat().st_size for path in paths))
    return {path.name: path.read_bytes() for path in paths}


def write_bundle(files: Mapping[str, bytes], directory: Path) -> None:
    """Write a bundle's files into a directory, made when absent; a bundle in it is replaced.

    Raises
    ------
    InvalidBundle
        If the directory holds anything but an intact bundle; nothing is changed then.
    """
    for path in check_room(directory):
        path.unlink()
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)


def check_room(directory: Path) -> list[Path]:
    """The files of the bundle that a new one in this directory would replace; none if it is new.

    Raises
    ------
    InvalidBundle
        If the directory holds anything else: what somebody keeps there is not deleted.
    """
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return []
    try:
        files = read_bundle(directory)
        check_hashes(manifest_document(files), files)
    except InvalidBundle as error:
        raise InvalidBundle.at(
            "out", f"{directory} is neither empty nor a bundle that could be replaced"
        ) from error
    return [directory / name for name in files]


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as one zip; the same files always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def unpack(blob: bytes) -> dict[str, bytes]:
    """The files of a packed bundle.

    Raises
    ------
    InvalidBundle
        If it is no zip, holds anything but plain file names, or unfolds to more than a bundle may be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            entries = archive.infolist()
            _check_size(len(entries), sum(entry.file_size for entry in entries))
            names = [_plain_name(entry) for entry in entries]
            if len(set(names)) < len(names):
                raise InvalidBundle.at("bundle", "holds two files of the same name")
            return {entry.filename: _extract(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise InvalidBundle.at("bundle", f"is not a readable zip: {error}") from error


def load_clock(files: Mapping[str, bytes]) -> Clock:
    """The clock of a bundle, after every hash was checked. Nothing in it is ever run.

    Raises
    ------
    InvalidBundle
        If a hash differs, a file is missing or too many, or the content is not a valid clock.
    """
    document = manifest_document(files)
    check_hashes(document, files)
    try:
        manifest = manifest_from_json(document, files[CARD].decode("utf-8"))
        build = build_of(manifest.kind)
        return build(manifest, files)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise InvalidBundle.at(MANIFEST, f"is not a valid clock: {error!r}") from error


def _plain_name(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    if (
        not name
        or name.startswith(".")
        or any(c in name for c in "/\\:\0")
        or not name.isprintable()
    ):
        raise InvalidBundle.at("bundle", "may hold plain files only")
    return name


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InvalidBundle.at("bundle", "uses an unsupported compression")
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise InvalidBundle.at("bundle", "states a wrong size for one of its files")
    return content


def _check_size(n_files: int, n_bytes: int) -> None:
    if n_files > MAX_FILES or n_bytes > MAX_BYTES:
        raise InvalidBundle.at("bundle", f"has more than {MAX_FILES} files or {MAX_BYTES:,} bytes")


def is_newer(version: str, than: str) -> bool:
    """Whether a version comes after another; see `version_key`."""
    return version_key(version) > version_key(than)
