"""Shipped bundles with changed contents, held together by hashes that fit."""

import json
from collections.abc import Mapping
from typing import Any

from agelens.clocks.base import Clock
from agelens.clocks.bundles import find_bundle, load_clock, read_bundle
from agelens.clocks.manifests import finish_manifest, json_bytes

HASHES = ("sha256", "files", "format")


def parameters_of(name: str) -> dict[str, Any]:
    """The parameters of a shipped clock, the newest version's unless `name` has another after @."""
    return json.loads(read_bundle(find_bundle(name))["parameters.json"])


def forged(
    name: str,
    parameters: object = None,
    manifest: Mapping[str, object] | None = None,
) -> dict[str, bytes]:
    """The bundle of a shipped clock with other parameters or manifest entries."""
    files = read_bundle(find_bundle(name))
    stated = json.loads(files.pop("manifest.json"))
    document = {key: stated[key] for key in stated if key not in HASHES} | dict(manifest or {})
    if parameters is not None:
        files["parameters.json"] = json_bytes(parameters)
    return {**files, "manifest.json": finish_manifest(document, files)}


def shipped_clock(name: str) -> Clock:
    """A shipped clock, loaded."""
    return load_clock(read_bundle(find_bundle(name)))
