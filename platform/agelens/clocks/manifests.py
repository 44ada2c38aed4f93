"""Bundle manifests: parse, validate and hash."""

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from agelens.clocks.base import Manifest, PrimaryMetric
from agelens.domain.errors import InvalidBundle
from agelens.domain.features import Feature, feature

MANIFEST = "manifest.json"
CARD = "card.md"
PARAMETERS = "parameters.json"
REFERENCE = "reference.json"
FORMAT = 1
MAX_PRICE = 1_000_000
# it becomes a folder and an argument of commands, so it is no '..' and no '-v'
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def finish_manifest(document: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The bytes of a manifest with the hash of every file and of itself."""
    hashes = {name: sha256(content) for name, content in sorted(files.items())}
    hashed = {**document, "format": FORMAT, "files": hashes}
    return json_bytes({**hashed, "sha256": sha256(json_bytes(hashed))})


def json_bytes(document: object) -> bytes:
    """JSON with one spelling for the same content."""
    text = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def manifest_document(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The manifest's JSON object."""
    if MANIFEST not in files:
        raise InvalidBundle.at(MANIFEST, "is missing")
    document = json_of(files, MANIFEST)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidBundle.at(MANIFEST, f"must be an object of format {FORMAT}")
    return document


def check_hashes(document: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Refuse the bundle unless every file, and the manifest itself, has the hash that it states."""
    named = document.get("files")
    if not isinstance(named, dict) or set(named) != set(files) - {MANIFEST}:
        raise InvalidBundle.at(MANIFEST, "does not name exactly the files of the bundle")
    for name, expected in named.items():
        if sha256(files[name]) != expected:
            raise InvalidBundle.at(name, "does not have the hash that the manifest states")
    hashed = {key: value for key, value in document.items() if key != "sha256"}
    try:
        own = sha256(json_bytes(hashed))
    except (ValueError, RecursionError) as error:
        raise InvalidBundle.at(MANIFEST, f"cannot be hashed: {error}") from error
    if own != document.get("sha256"):
        raise InvalidBundle.at(MANIFEST, "does not have the hash that it states")


def manifest_from_json(document: Mapping[str, Any], card: str) -> Manifest:
    """The manifest of a document whose hashes were checked.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError
        If something is missing or of the wrong kind.
    """
    interval = document["interval"]
    return Manifest(
        name=word(document["name"], "name"),
        version=word(document["version"], "version"),
        title=_line(document["title"], 200),
        kind=str(document["kind"]),
        unit=_line(document["unit"], 32),
        price=_price(document["price"]),
        needs_age=_flag(document["needs_age"]),
        features=_features(document["features"]),
        explanation_game=str(document["explanation"]["game"]),
        base_meaning=str(document["explanation"]["base_meaning"]),
        interval_level=_level(interval["level"]),
        interval_method=str(interval["method"]),
        sha256=str(document["sha256"]),
        data_sha256=_sha256(document["training_data"]["sha256"]),
        metrics=dict(document["metrics"]),
        libraries=dict(document["libraries"]),
        card=card,
        # "headline" is what manifests, HTTP and the database call the primary metric
        primary_metric=_primary_metric(document.get("headline"), document["metrics"]),
    )


def _primary_metric(
    entry: Mapping[str, Any] | None, metrics: Mapping[str, Any]
) -> PrimaryMetric | None:
    if entry is None:
        return None
    if entry["better"] not in ("lower", "higher") or not isinstance(entry["metric"], list):
        raise ValueError(
            "the primary metric is a path to a metric, of which lower or higher is better"
        )
    path = tuple(str(step) for step in entry["metric"])
    metric = PrimaryMetric(path, entry["better"], _line(entry["protocol"], 500))
    metric.value(metrics)
    return metric


def _line(value: object, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise ValueError(f"titles and units are printable texts of up to {longest} characters")
    return value


def _price(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_PRICE:
        raise ValueError(f"a price is a whole number from 0 to {MAX_PRICE}")
    return value


def _sha256(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        raise ValueError("training_data: sha256 is 64 hexadecimal digits")
    return value


def _level(value: object) -> float | None:
    if value is None:
        return None
    if type(value) is not float or not 0 < value < 1:
        raise ValueError("an interval's level is a number between 0 and 1, or null")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("needs_age, required and informative are true or false")
    return value


def _features(entries: Sequence[Mapping[str, Any]]) -> tuple[Feature, ...]:
    features = tuple(_feature(entry) for entry in entries)
    if len({f.key for f in features}) < len(features):
        raise ValueError("a feature is listed twice")
    return features


def _feature(entry: Mapping[str, Any]) -> Feature:
    return feature(
        entry["key"],
        required=_flag(entry["required"]),
        informative=_flag(entry["informative"]),
        training=_training(entry.get("training")),
    )


def _training(bounds: Sequence[float] | None) -> tuple[float, float] | None:
    if bounds is None:
        return None
    low, high = (float(bound) for bound in bounds)
    if not -math.inf < low <= high < math.inf:
        raise ValueError("a training range is a lower and an upper number")
    return low, high


def json_of(files: Mapping[str, bytes], name: str) -> Any:
    """The JSON content of one of the files."""
    try:
        return json.loads(files[name].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidBundle.at(name, f"is not JSON: {error}") from error


def word(value: object, field: str = "version") -> str:
    """A name or a version; ValueError that names the field when it cannot be one."""
    text = str(value)
    if not _WORD.fullmatch(text):
        raise ValueError(
            f"{field}: up to 64 letters, digits, '-', '.', '_', beginning with a letter or digit"
        )
    return text


def sha256(content: bytes) -> str:
    """The hash by which files are known."""
    return hashlib.sha256(content).hexdigest()
