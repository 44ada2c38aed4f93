"""Bundles made for tests: the shipped clock under another name, as a publisher might change it."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from agelens.clocks.bundles import pack, read_bundle, shipped
from agelens.clocks.manifests import MANIFEST, finish_manifest


def new_name() -> str:
    """A clock that no other test publishes."""
    return f"clock-{secrets.token_hex(4)}"


def bundle_files(
    changes: Mapping[str, Any], contents: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """The files of a bundle whose manifest has these members, and these contents; hashes fit."""
    directory = shipped("kaggle-age")
    assert directory is not None
    files = read_bundle(directory)
    document = {**json.loads(files.pop(MANIFEST)), **changes}
    files |= contents or {}
    for stated in ("sha256", "files", "format"):
        document.pop(stated, None)
    return {**files, MANIFEST: finish_manifest(document, files)}


def bundle(name: str, version: str = "1.0.0", **changes: Any) -> bytes:
    """A zip, ready to be published."""
    return pack(bundle_files({"name": name, "version": version, "price": 1, **changes}))
