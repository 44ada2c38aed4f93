"""Name exactly what answered: clock, version, hashes and code, in results, in files and in papers."""

from collections.abc import Iterable

from agelens.clocks.base import Manifest
from agelens.version import __version__
from agelens.wire import ModelIdentity

SOURCE = "**Source.**"  # begins the paragraph of a card that names the paper


def identity(manifest: Manifest) -> ModelIdentity:
    """Which clock answered, and which version of this package computed it."""
    return {
        "name": manifest.name,
        "version": manifest.version,
        "sha256": manifest.sha256,
        "data_sha256": manifest.data_sha256,
        "code_version": __version__,
    }


def file_metadata(manifests: Iterable[Manifest]) -> dict[str, str]:
    """The same of every clock whose answers a file has, as the flat texts that Arrow and Parquet keep."""
    metadata = {"agelens": __version__}
    for manifest in manifests:
        metadata |= {
            f"{manifest.name}.version": manifest.version,
            f"{manifest.name}.sha256": manifest.sha256,
            f"{manifest.name}.data_sha256": manifest.data_sha256,
        }
    return metadata


def citation(manifest: Manifest) -> str:
    """What a paper says of where its ages come from: clock, version, hash, and the clock's source."""
    clock_and_version = f"{manifest.title} ({manifest.name} {manifest.version})"
    words = f"{clock_and_version}, AgeLens {__version__}, bundle {manifest.sha256}."
    paragraphs = (" ".join(paragraph.split()) for paragraph in manifest.card.split("\n\n"))
    sources = [paragraph for paragraph in paragraphs if paragraph.startswith(SOURCE)]
    return " ".join([words, *(paragraph.removeprefix(SOURCE).strip() for paragraph in sources)])
