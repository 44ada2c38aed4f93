"""Write a trained clock as a bundle, reproducibly to the byte."""

import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from agelens.clocks.bundles import check_room, load_clock, write_bundle
from agelens.clocks.manifests import CARD, MANIFEST, finish_manifest, word
from agelens.clocks.smoke_test import try_out
from agelens.domain.errors import InvalidInput


def check(out: Path, version: str) -> None:
    """Refuse at once what could not be written at the end.

    Raises
    ------
    InvalidInput
        If the version cannot be one, or the directory holds anything but a bundle.
    """
    try:
        word(version)
    except ValueError as error:
        raise InvalidInput.at("version", str(error).removeprefix("version: ")) from error
    check_room(out)


def write(
    out: Path, document: Mapping[str, object], files: Mapping[str, bytes], card: str
) -> dict[str, bytes]:
    """Finish the manifest, try the clock on a made-up person, and write the directory.

    Raises
    ------
    InvalidInput
        If the clock cannot be loaded or cannot score; nothing is written then.
    """
    content = {**files, CARD: card.encode("utf-8")}
    bundle = {**content, MANIFEST: finish_manifest(document, content)}
    try_out(load_clock(bundle))
    write_bundle(bundle, out)
    return bundle


def libraries(*names: str) -> dict[str, str]:
    """The versions that a bundle's numbers depend on; numpy is always one."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        **{name: metadata.version(name) for name in ("numpy", *names)},
    }
