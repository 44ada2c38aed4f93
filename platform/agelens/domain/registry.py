"""The registry of biomarkers, read once from biomarkers.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from agelens import wire
from agelens.domain.units import Unit, normalized_name, unit_key

Kind = Literal["number", "choice"]
Transform = Literal["", "expm1", "first_of_pair", "second_of_pair", "codes"]
REGISTRY_FILE = Path(__file__).with_name("biomarkers.toml")
DATA_SETS = ("agelens", "kaggle", "bioage-r")
EVERYWHERE = (
    "nhanes",
    "loinc",
)  # names that nobody uses for anything else, known beside registry keys


@dataclass(frozen=True)
class ReferenceRange:
    """Reference range of healthy adults, in the canonical unit, with its source."""

    source: str
    low: float | None = None
    high: float | None = None

    def describe(self) -> wire.ReferenceRange:
        """The wire shape."""
        return {"low": self.low, "high": self.high, "source": self.source}


@dataclass(frozen=True)
class WithinPerson:
    """Within-person variation of a biomarker: `cv` in %, or `sd` in the canonical unit, with its source."""

    source: str
    cv: float | None = None
    sd: float | None = None

    def describe(self) -> wire.WithinPerson:
        """The wire shape."""
        return {"cv": self.cv, "sd": self.sd, "source": self.source}


@dataclass(frozen=True)
class Alias:
    """A data set's name for a biomarker, with its unit and encoding.

    `quantity` is the `MistakenQuantity` that a code of LOINC means, where its units are the biomarker's.
    """

    name: str
    columns: str
    unit: str = ""
    transform: Transform = ""
    codes: tuple[tuple[str, str], ...] = ()
    quantity: str = ""

    def describe(self) -> wire.Alias:
        """The wire shape."""
        return {
            "name": self.name,
            "columns": self.columns,
            "unit": self.unit,
            "transform": self.transform or None,
        }


@dataclass(frozen=True)
class MistakenQuantity:
    """Another quantity that goes by the name of a biomarker.

    `range` are its usual numbers, in its `unit`; None where numbers cannot tell. Columns called by one
    of `names` hold it, unless their unit is one of `units`: these are accepted units of the biomarker.
    `loinc` are its codes; `advice` says what to give instead.
    """

    quantity: str
    advice: str
    unit: str = ""
    range: tuple[float, float] | None = None
    names: tuple[str, ...] = ()
    loinc: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        already = not self.unit or self.unit in self.quantity
        return self.quantity if already else f"{self.quantity} in {self.unit}"

    def describe(self) -> wire.MistakenQuantity:
        """The wire shape."""
        return {
            "quantity": self.quantity,
            "unit": self.unit,
            "range": list(self.range) if self.range else None,
            "advice": self.advice,
        }


@dataclass(frozen=True)
class Biomarker:
    """One entry of the registry.

    `example` is the answer of a made-up person; `decimals` are those of the canonical unit, for
    display, and None of a choice. `names` are spellings that mean it in any unit, `words` those of its
    choices. `medians` are the lowest and the highest median of groups of people.
    """

    key: str
    label: str
    group: str
    kind: Kind
    unit: str
    units: tuple[Unit, ...]
    choices: tuple[str, ...]
    plausible: tuple[float, float] | None
    typical: tuple[float, float] | None
    medians: tuple[float, float] | None
    mistaken_for: tuple[MistakenQuantity, ...]
    reference: ReferenceRange | None
    within_person: WithinPerson | None
    modifiable: bool
    source: str
    names: tuple[str, ...]
    words: tuple[tuple[str, str], ...]
    aliases: tuple[Alias, ...]
    example: float | str
    decimals: int | None

    def describe(self) -> wire.Biomarker:
        """The wire shape of one biomarker, without what a clock adds."""
        return {
            "key": self.key,
            "label": self.label,
            "unit": self.unit,
            "units": [unit.describe() for unit in self.units],
            "kind": self.kind,
            "choices": list(self.choices),
            "plausible": list(self.plausible) if self.plausible else None,
            "typical": list(self.typical) if self.typical else None,
            "mistaken_for": [each.describe() for each in self.mistaken_for],
            "reference": self.reference.describe() if self.reference else None,
            "within_person": self.within_person.describe() if self.within_person else None,
            "modifiable": self.modifiable,
            "group": self.group,
            "source": self.source,
            "names": list(self.names),
            "aliases": [alias.describe() for alias in self.aliases],
            "example": self.example,
            "decimals": self.decimals,
        }


@cache
def biomarkers() -> Mapping[str, Biomarker]:
    """Every biomarker by key, in the order of the file."""
    return {entry["key"]: _biomarker(entry) for entry in _document()["biomarker"]}


def biomarker(key: str) -> Biomarker:
    """One biomarker; KeyError when the registry does not have it."""
    return biomarkers()[key]


def age_column(data_set: str) -> str:
    """What a data set calls chronological age."""
    return str(_document()["chronological_age"][data_set])


@cache
def age_names() -> tuple[str, ...]:
    """Further spellings of chronological age, whatever the data set."""
    entry = _document()["chronological_age"]
    return (*entry["names"], *entry["nhanes"], *entry["loinc"])


@cache
def age_units() -> frozenset[str]:
    """How years are written, normalised by `unit_key`."""
    return frozenset(map(unit_key, _document()["chronological_age"]["units"]))


@cache
def ordered_pairs() -> tuple[tuple[str, str], ...]:
    """Keys of which the first is always larger than the second, as systolic pressure is."""
    return tuple((pair["larger"], pair["smaller"]) for pair in _document()["above"])


def example_age() -> float:
    """The chronological age of the person whose answers are the examples, in years."""
    return float(_document()["example"]["chronological_age"])


def describe_registry() -> list[wire.Biomarker]:
    """The whole registry as the API answers it."""
    return [entry.describe() for entry in biomarkers().values()]


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(REGISTRY_FILE.read_text(encoding="utf-8"))


def _biomarker(entry: Mapping[str, Any]) -> Biomarker:
    unit = str(entry.get("unit", ""))
    further = (_unit(u) for u in entry.get("units", ()))
    reference = entry.get("reference")
    return Biomarker(
        key=entry["key"],
        label=entry["label"],
        group=entry["group"],
        kind=entry.get("kind", "number"),
        unit=unit,
        units=(Unit(unit, spellings=_spellings(unit)), *further)
        if entry.get("kind") != "choice"
        else (),
        choices=tuple(entry.get("choices", ())),
        plausible=_range(entry.get("plausible")),
        typical=_range(entry.get("typical")),
        medians=_range(entry.get("medians")),
        mistaken_for=tuple(map(_mistaken, entry.get("mistaken_for", ()))),
        reference=_reference(reference) if reference else None,
        within_person=_within_person(entry),
        modifiable=entry["modifiable"],
        source=entry["source"],
        names=(entry["label"], *entry.get("names", ())),
        words=tuple(
            (normalized_name(word), choice)
            for choice, words in entry.get("words", {}).items()
            for word in words
        ),
        aliases=(
            *(_alias(alias) for alias in entry.get("aliases", ())),
            *(_alias({"columns": "nhanes", **alias}) for alias in entry.get("nhanes", ())),
            *(_code(each) for each in entry.get("loinc", ())),
        ),
        example=_example(entry["example"]),
        decimals=entry.get("decimals"),
    )


def _code(entry: Mapping[str, Any]) -> Alias:
    return Alias(entry["code"], "loinc", entry["unit"], quantity=entry.get("quantity", ""))


def _unit(entry: Mapping[str, Any]) -> Unit:
    group = entry.get("countries")
    countries = tuple(_document()["countries"][group]) if group else ()
    name, offset = entry["unit"], float(entry.get("offset", 0))
    return Unit(name, float(entry["factor"]), offset, countries, _spellings(name))


def _spellings(unit: str) -> tuple[str, ...]:
    return tuple(_document()["spellings"].get(unit, ()))


def _mistaken(entry: Mapping[str, Any]) -> MistakenQuantity:
    return MistakenQuantity(
        quantity=entry["quantity"],
        advice=entry["advice"],
        unit=entry.get("unit", ""),
        range=_range(entry.get("range")),
        names=tuple(entry.get("names", ())),
        loinc=tuple(entry.get("loinc", ())),
        units=tuple(entry.get("units", {}).items()),
    )


def _example(answer: float | str) -> float | str:
    return answer if isinstance(answer, str) else float(answer)


def _range(bounds: list[float] | None) -> tuple[float, float] | None:
    return (float(bounds[0]), float(bounds[1])) if bounds else None


def _reference(entry: Mapping[str, Any]) -> ReferenceRange:
    low, high = entry.get("low"), entry.get("high")
    return ReferenceRange(
        source=entry["source"],
        low=None if low is None else float(low),
        high=None if high is None else float(high),
    )


def _within_person(entry: Mapping[str, Any]) -> WithinPerson | None:
    cv, sd = entry.get("within_person_cv"), entry.get("within_person_sd")
    if cv is None and sd is None:
        return None
    return WithinPerson(
        source=entry["within_person_source"],
        cv=None if cv is None else float(cv),
        sd=None if sd is None else float(sd),
    )


def _alias(entry: Mapping[str, Any]) -> Alias:
    return Alias(
        name=entry["name"],
        columns=entry["columns"],
        unit=entry.get("unit", ""),
        transform=entry.get("transform", "codes" if "codes" in entry else ""),
        codes=tuple(entry.get("codes", {}).items()),
    )
