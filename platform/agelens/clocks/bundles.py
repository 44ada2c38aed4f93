"""Clock bundles: a few data files, their hashes, and nothing that runs."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agelens.clocks import bayes, markers
from agelens.clocks.age_gap import GapReference, reference_from_json
from agelens.clocks.base import Clock, Manifest
from agelens.domain.errors import InvalidBundle
from agelens.domain.features import Feature, feature

MANIFEST = "manifest.json"
PARAMETERS = "parameters.json"
REFERENCE = "reference.json"
CARD = "card.md"
FORMAT = 1
MAX_FILES = 16
MAX_BYTES = 64 * 1024 * 1024

SHIPPED: tuple[Path, ...] = tuple(
    sorted(path.parent for path in (Path(__file__).parent / "shipped").glob(f"*/*/{MANIFEST}"))
)


def shipped(name: str) -> Path | None:
    """The directory of the newest shipped version of a clock, if there is one."""
    found = [directory for directory in SHIPPED if directory.parent.name == name]
    return max(found, key=lambda d: _version_key(d.name), default=None)


def read_bundle(directory: Path) -> dict[str, bytes]:
    """Every file of a bundle directory, by name.

    Raises
    ------
    InvalidBundle
        If it is not a bundle directory or larger than a bundle may be.
    """
    if not (directory / MANIFEST).is_file():
        raise InvalidBundle.at(MANIFEST, f"there is none in {directory}")
    paths = sorted(path for path in directory.iterdir() if path.is_file() and not path.is_symlink())
    _check_size(len(paths), sum(path.stat().st_size for path in paths))
    return {path.name: path.read_bytes() for path in paths}


def write_bundle(files: Mapping[str, bytes], directory: Path) -> None:
    """Write a bundle's files into a directory, made when absent."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)


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
            return {_plain_name(entry): _extract(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InvalidBundle.at("bundle", f"is not a readable zip: {error}") from error


def load_clock(files: Mapping[str, bytes]) -> Clock:
    """The clock of a bundle, after every hash was checked. Nothing in it is ever run.

    Raises
    ------
    InvalidBundle
        If a hash differs, a file is missing or too many, or the content is not a clock's.
    """
    document = _manifest_document(files)
    _check_hashes(document, files)
    try:
        manifest = _manifest(document, files[CARD].decode("utf-8"))
        build = KINDS[manifest.kind]
        return build(manifest, files)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise InvalidBundle.at(MANIFEST, f"is not a clock's: {error!r}") from error


def finish_manifest(document: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The bytes of a manifest with the hash of every file and of itself."""
    hashes = {name: _sha256(content) for name, content in sorted(files.items())}
    hashed = {**document, "format": FORMAT, "files": hashes}
    return json_bytes({**hashed, "sha256": _sha256(json_bytes(hashed))})


def json_bytes(document: object) -> bytes:
    """JSON with one spelling for the same content."""
    text = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def _manifest_document(files: Mapping[str, bytes]) -> dict[str, Any]:
    if MANIFEST not in files:
        raise InvalidBundle.at(MANIFEST, "is missing")
    document = _json(files, MANIFEST)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidBundle.at(MANIFEST, f"must be an object of format {FORMAT}")
    return document


def _check_hashes(document: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    named = document.get("files")
    if not isinstance(named, dict) or set(named) != set(files) - {MANIFEST}:
        raise InvalidBundle.at(MANIFEST, "does not name exactly the files of the bundle")
    for name, expected in named.items():
        if _sha256(files[name]) != expected:
            raise InvalidBundle.at(name, "does not have the hash that the manifest states")
    hashed = {key: value for key, value in document.items() if key != "sha256"}
    try:
        own = _sha256(json_bytes(hashed))
    except (ValueError, RecursionError) as error:
        raise InvalidBundle.at(MANIFEST, f"cannot be hashed: {error}") from error
    if own != document.get("sha256"):
        raise InvalidBundle.at(MANIFEST, "does not have the hash that it states")


def _manifest(document: Mapping[str, Any], card: str) -> Manifest:
    interval = document["interval"]
    level = interval["level"]
    return Manifest(
        name=_word(document["name"]),
        version=_word(document["version"]),
        title=str(document["title"]),
        kind=str(document["kind"]),
        unit=str(document["unit"]),
        price=int(document["price"]),
        needs_age=bool(document["needs_age"]),
        features=tuple(_feature(entry) for entry in document["features"]),
        explanation_game=str(document["explanation"]["game"]),
        base_meaning=str(document["explanation"]["base_meaning"]),
        interval_level=None if level is None else float(level),
        interval_method=str(interval["method"]),
        sha256=str(document["sha256"]),
        data_sha256=str(document["training_data"]["sha256"]),
        metrics=dict(document["metrics"]),
        libraries=dict(document["libraries"]),
        card=card,
    )


def _feature(entry: Mapping[str, Any]) -> Feature:
    return feature(
        entry["key"], required=bool(entry["required"]), informative=bool(entry["informative"])
    )


def _age_posterior(manifest: Manifest, files: Mapping[str, bytes]) -> Clock:
    choices = {f.key: f.choices for f in manifest.features}
    parameters = markers.parameters_from_json(_json(files, PARAMETERS), choices)
    if set(parameters.features) != set(manifest.informative):
        raise ValueError("the manifest's informative features are not the parameters'")
    return bayes.AgePosterior(manifest, parameters, _reference(files))


KINDS: Mapping[str, Callable[[Manifest, Mapping[str, bytes]], Clock]] = {
    bayes.KIND: _age_posterior,
}


def _reference(files: Mapping[str, bytes]) -> GapReference | None:
    return reference_from_json(_json(files, REFERENCE)) if REFERENCE in files else None


def _json(files: Mapping[str, bytes], name: str) -> Any:
    try:
        return json.loads(files[name].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidBundle.at(name, f"is not JSON: {error}") from error


def _word(value: object) -> str:
    text = str(value)
    if not 0 < len(text) <= 64 or not all(
        c.isascii() and (c.isalnum() or c in "-._") for c in text
    ):
        raise ValueError("names and versions are up to 64 letters, digits, '-', '.', '_'")
    return text


def _plain_name(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    if (
        not name
        or name.startswith(".")
        or any(c in name for c in "/\\:\0")
        or not name.isprintable()
    ):
        raise InvalidBundle.at("bundle", "holds something else than plain files")
    return name


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise InvalidBundle.at("bundle", "states a wrong size for one of its files")
    return content


def _check_size(n_files: int, n_bytes: int) -> None:
    if n_files > MAX_FILES or n_bytes > MAX_BYTES:
        raise InvalidBundle.at("bundle", f"has more than {MAX_FILES} files or {MAX_BYTES:,} bytes")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _version_key(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(p), "") if p.isdigit() else (-1, p) for p in version.split("."))
