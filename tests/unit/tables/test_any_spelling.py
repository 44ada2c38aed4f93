"""One panel in any mix of names, units, spellings, delimiters and encodings has the same ages."""

import csv
import io
from dataclasses import dataclass

import numpy as np
import pytest
from agelens.clocks.base import Clock
from agelens.clocks.bundles import load_clock, read_bundle, shipped
from agelens.commands.score.output import Scorer, score_people
from agelens.domain.features import Feature
from agelens.domain.registry import age_names
from agelens.tables.batch_reader import ColumnOptions
from agelens.tables.files import open_people
from agelens.tables.formats.opening import format_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAMES = ("phenoage", "kdm", "mortality-age")
CLOCKS = {name: load_clock(read_bundle(shipped(name))) for name in NAMES}
SEX = {
    "female": ["female", "F", "f", "Female", "WOMAN", "w", " female "],
    "male": ["male", "M", "m", "Male", "man"],
}
HEADERS = ("{name} ({unit})", "{name} [{unit}]", "{name}, {unit}", "{name}({unit})")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
N_PEOPLE = 3
Values = list[float | str]


@dataclass
class Column:
    """One column of a file, and what it says in canonical units."""

    header: str
    cells: list[str]
    key: str
    canonical: Values


@st.composite
def numbers(draw: st.DrawFn, feature: Feature) -> Column:
    """A column of numbers under some name, in some unit, spelled somehow."""
    low, high = feature.medians or feature.typical or (0, 1)
    unit = draw(st.sampled_from(feature.units))
    spelling = draw(st.sampled_from((unit.name, *unit.spellings)))
    aliases = [a.name for a in feature.aliases if a.columns == "nhanes" and a.unit == unit.name]
    if aliases and draw(st.booleans()):
        header = draw(st.sampled_from(aliases))
    else:
        name = draw(st.sampled_from((feature.key, *feature.names)))
        name = draw(st.sampled_from((name, name.upper(), name.lower(), name.replace(" ", "_"))))
        header = draw(st.sampled_from(HEADERS)).format(name=name, unit=spelling)
        if unit is feature.units[0] and draw(st.booleans()):
            header = name
    canonical: Values = [draw(st.floats(low, high)) for _ in range(N_PEOPLE)]
    cells = [repr(unit.from_canonical(float(value))) for value in canonical]
    return Column(header, cells, feature.key, canonical)


@st.composite
def choices(draw: st.DrawFn, feature: Feature) -> Column:
    """The column of sex, in words."""
    people: Values = [draw(st.sampled_from(feature.choices)) for _ in range(N_PEOPLE)]
    header = draw(st.sampled_from((feature.key, *feature.names)))
    return Column(header, [draw(st.sampled_from(SEX[str(each)])) for each in people], "sex", people)


@st.composite
def panels(draw: st.DrawFn, clock: Clock) -> list[Column]:
    """The columns of three people, in any order, with one that nobody reads."""
    columns = [
        draw(choices(f) if f.kind == "choice" else numbers(f)) for f in clock.manifest.features
    ]
    ages: Values = [draw(st.integers(25, 80)) for _ in range(N_PEOPLE)]
    age = draw(st.sampled_from(("chronological_age", *age_names(), "Age (years)", "age, y")))
    columns.append(Column(age, list(map(str, ages)), "chronological_age", ages))
    columns.append(Column("Notes", ["fine", "", "fasting; 12 h"], "", []))
    return draw(st.permutations(columns))


@st.composite
def files(draw: st.DrawFn, columns: list[Column]) -> bytes:
    """The columns as a file of text."""
    delimiter = draw(st.sampled_from(",;\t|"))
    comma = delimiter != "," and draw(st.booleans())
    written = io.StringIO()
    rows = csv.writer(
        written, delimiter=delimiter, lineterminator=draw(st.sampled_from(("\n", "\r\n")))
    )
    rows.writerow([column.header for column in columns])
    for person in range(N_PEOPLE):
        cells = [column.cells[person] for column in columns]
        rows.writerow([cell.replace(".", ",") if comma else cell for cell in cells])
    encoding = draw(st.sampled_from(ENCODINGS))
    try:
        return written.getvalue().encode(encoding)
    except UnicodeEncodeError:  # Windows-1252 has no Cyrillic
        return written.getvalue().encode("utf-8")


def ages_of(clock: Clock, content: bytes) -> list[float | None]:
    """What `agelens score` says of a file."""
    file = io.BytesIO(content)
    with open_people(file, format_of("people.csv", file)) as people:
        scorer = Scorer.of(clock, people.header, ColumnOptions("agelens"))
        (answers,) = score_people(people, [scorer])
    assert answers["error"].null_count == N_PEOPLE, answers["error"].to_pylist()
    return answers["prediction"].to_pylist()


def canonical_file(columns: list[Column]) -> bytes:
    """The same people under registry keys, in canonical units."""
    written = io.StringIO()
    rows = csv.writer(written)
    known = [column for column in columns if column.key]
    rows.writerow([column.key for column in known])
    for person in range(N_PEOPLE):
        rows.writerow([column.canonical[person] for column in known])
    return written.getvalue().encode()


@pytest.mark.parametrize("name", CLOCKS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_panel_has_the_same_ages_however_it_is_written(name: str, data: st.DataObject) -> None:
    clock = CLOCKS[name]
    columns = data.draw(panels(clock))
    expected = ages_of(clock, canonical_file(columns))
    assert None not in expected
    found = ages_of(clock, data.draw(files(columns)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
