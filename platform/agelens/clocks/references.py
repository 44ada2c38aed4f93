"""Further references of a clock, beside that of its bundle: files that say who, when and how weighted.

`references/NAME/VERSION/ID.json` holds a summary as a bundle's `reference.json` does, with its version,
its people, and the hash of the bundle whose gaps it summarises: another bundle of the same name is never
ranked by it. `agelens train reference` makes them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from agelens.clocks.age_gap import GapReference, reference_from_json
from agelens.clocks.base import AgeGapReference, Clock, Manifest
from agelens.domain.errors import InvalidBundle
from agelens.wire import OtherRank

FOLDER = Path(__file__).parent / "references"
FILES = "*/*/*.json"
YEARS = "years"


@dataclass(frozen=True)
class Reference:
    """A summary of one bundle's gaps; `sha256` is of its file."""

    version: str
    sha256: str
    bundle_sha256: str
    gaps: GapReference

    def rank(self, gap_years: float, age_years: float, sex: str | None) -> OtherRank | None:
        """The percentile among these people; None at an age that they do not have."""
        percentile = self.gaps.percentile(gap_years, age_years, sex)
        if percentile is None:
            return None
        return {
            "reference": self.gaps.described(sex),
            "version": self.version,
            "sha256": self.sha256,
            "percentile": percentile,
        }


_further: list[Path] = []  # an operator's own folders, laid out like FOLDER


def use_folder(folder: Path) -> None:
    """Rank by the references of a folder, too, in this process.

    Raises
    ------
    InvalidBundle
        Naming a file in it that is no reference.
    """
    for path in sorted(folder.glob(FILES)):
        reference_from_bytes(path.read_bytes(), str(path))
    if folder not in _further:
        _further.append(folder)
        _of_bundle.cache_clear()


def references_of(manifest: Manifest) -> tuple[Reference, ...]:
    """The references of exactly this bundle, those of the package first, in order of their names."""
    return _of_bundle(manifest.name, manifest.version, manifest.sha256)


def ranking_reference(clock: Clock) -> AgeGapReference | None:
    """The people that a clock ranks with: those of its bundle.

    A clock whose answer is no age has none in its bundle; the first further reference then ranks the
    answer itself.
    """
    if clock.reference is not None:
        return clock.reference
    return next(
        (reference.gaps for reference in references_of(clock.manifest) if not _age(clock)), None
    )


def _age(clock: Clock) -> bool:
    return clock.manifest.unit == YEARS


@cache
def _of_bundle(name: str, version: str, sha256: str) -> tuple[Reference, ...]:
    folders = [folder / name / version for folder in (FOLDER, *_further)]
    files = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    reference = [reference_from_bytes(path.read_bytes(), path.name) for path in files]
    return tuple(each for each in reference if each.bundle_sha256 == sha256)


def reference_from_bytes(content: bytes, name: str) -> Reference:
    """A reference as `agelens train reference` wrote it.

    Raises
    ------
    InvalidBundle
        At the file's name, if it is none.
    """
    try:
        document: Mapping[str, Any] = json.loads(content)
        return Reference(
            version=str(document["version"]),
            sha256=hashlib.sha256(content).hexdigest(),
            bundle_sha256=str(document["clock"]["sha256"]),
            gaps=reference_from_json(document),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InvalidBundle.at(name, f"is no reference: {error!r}") from error
