"""Write and read a fitted pipeline with skops: data, never pickle, and only types we trust."""

import io
import json
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from agelens.clocks.estimators.native_structures import check_native_structures, parts
from agelens.clocks.estimators.trusted_types import nodes, types_of

PIPELINE_FILE = "estimator.skops"
SCHEMA = "schema.json"
MAX_UNFOLDED = 256 * 1024 * 1024  # bytes
MAX_DEPTH = 200  # of the schema; deep ones overflow the stack of whoever reads them
NEEDED = {"sklearn": "scikit-learn", "skops": "skops", "shap": "shap"}
EPOCH = (1980, 1, 1, 0, 0, 0)


def not_installed(error: ModuleNotFoundError, purpose: str) -> ModuleNotFoundError:
    """The error to raise for a missing library, with the line that installs it."""
    package = (error.name or "").partition(".")[0]
    if package not in NEEDED:
        return error
    words = f"{purpose} needs {NEEDED[package]}, which is not installed: pip install 'agelens[estimator]'"
    return ModuleNotFoundError(words, name=package)


def save(pipeline: Any) -> tuple[bytes, list[str]]:
    """A fitted pipeline as bytes, the same for the same pipeline, and the types in it.

    Random generators, of which a fitted pipeline needs none, are left out: numpy builds a forged one
    unchecked.

    Raises
    ------
    ValueError
        Naming the types in it that no bundle may hold.
    ModuleNotFoundError
        If skops is not installed.
    """
    try:
        from skops import io as skops
    except ModuleNotFoundError as error:
        raise not_installed(error, "to save a pipeline") from error
    try:
        with _without_generators(pipeline):
            content = _reproducible(skops.dumps(pipeline))
    except (TypeError, AttributeError) as error:
        raise ValueError(f"the pipeline cannot be saved: {error}") from error
    return content, types_of(_schema(content))


@contextmanager
def _without_generators(pipeline: Any) -> Iterator[None]:
    """The pipeline has None where it has a random generator, for a while.

    It is no copy: that of a tree has other bytes between its numbers.
    """
    generators: list[tuple[dict[str, Any], str, Any]] = []
    visited: dict[int, Any] = {}
    pending = [pipeline]
    while pending:
        node = pending.pop()
        attributes = node if isinstance(node, dict) else getattr(node, "__dict__", {})
        generators += [
            (attributes, key, value) for key, value in attributes.items() if _is_generator(value)
        ]
        unvisited = [part for part in parts(node) if id(part) not in visited]
        visited |= {id(part): part for part in unvisited}
        pending += unvisited
    try:
        for attributes, key, _ in generators:
            attributes[key] = None
        yield
    finally:
        for attributes, key, value in generators:
            attributes[key] = value


def _is_generator(value: object) -> bool:
    return isinstance(value, np.random.Generator | np.random.RandomState)


def load(content: bytes, stated: Sequence[str]) -> Any:
    """The pipeline of a bundle, checked before anything of it is built.

    Parameters
    ----------
    content : bytes
    stated : sequence of str
        The types that the manifest names. They must be those in the file, and all must be on our
        own allow-list: the manifest cannot add to it.

    Raises
    ------
    ValueError
        If it is no saved pipeline, holds another type, or compiled code could not read it safely.
    ModuleNotFoundError
        If scikit-learn or skops is not installed.
    """
    try:
        from skops import io as skops
    except ModuleNotFoundError as error:
        raise not_installed(error, "this clock") from error
    types = types_of(_schema(content))
    if types != sorted(stated):
        raise ValueError("the manifest's trusted_types are not the types in the pipeline")
    with warnings.catch_warnings():
        # scikit-learn's word on other versions; the clock compares numbers instead
        warnings.simplefilter("ignore")
        try:
            pipeline = skops.loads(content, trusted=types)
        except Exception as error:  # whatever attributes it found; the file is what is wrong
            raise ValueError(f"the pipeline cannot be read: {error!r}"[:500]) from error
    check_native_structures(pipeline)
    return pipeline


def _schema(content: bytes) -> Any:
    """What the file says that it holds; nothing is built."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNFOLDED:
                raise ValueError(f"the pipeline unfolds to more than {MAX_UNFOLDED:,} bytes")
            schema = json.loads(archive.read(SCHEMA))
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError) as error:
        raise ValueError(f"{PIPELINE_FILE} was not saved with skops: {error}") from error
    except RecursionError as error:
        raise ValueError("the pipeline is nested too deeply") from error
    _check_shape(schema)
    return schema


def _check_shape(schema: Any) -> None:
    """Refuse old protocols, whose rules were laxer, and nesting that exhausts the stack."""
    from skops.io._protocol import PROTOCOL

    if not isinstance(schema, dict) or schema.get("protocol") != PROTOCOL:
        raise ValueError(f"{PIPELINE_FILE} is not of skops' protocol {PROTOCOL}: save it again")
    containers: list[Any] = [schema]
    depth = 0
    while containers:
        depth += 1
        if depth > MAX_DEPTH:
            raise ValueError("the pipeline is nested too deeply")
        contents = [
            list(container.values() if isinstance(container, dict) else container)
            for container in containers
        ]
        containers = [
            container
            for values in contents
            for container in values
            if isinstance(container, dict | list)
        ]


def _reproducible(content: bytes) -> bytes:
    """The same file without addresses of memory and times, which skops uses as names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(SCHEMA))
        arrays = {name: archive.read(name) for name in archive.namelist() if name != SCHEMA}
    numbers: dict[int, int] = {}
    names: dict[str, str] = {}
    for node in nodes(schema):
        if "__id__" in node:
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        if "file" in node:
            renamed = f"{len(names) + 1}.{node['file'].rpartition('.')[2]}"
            node["file"] = names.setdefault(node["file"], renamed)
    files = {names[name]: arrays[name] for name in names}
    files[SCHEMA] = json.dumps(schema, indent=1).encode("utf-8")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, stored in files.items():
            entry = zipfile.ZipInfo(name, date_time=EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, stored)
    return buffer.getvalue()
