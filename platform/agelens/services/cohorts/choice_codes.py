"""Codes in columns of choices, such as 1 and 2 for the sexes: only a person can say what they mean."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pyarrow as pa

from agelens.domain.features import Feature, Target
from agelens.domain.single_answer import NotUsable, plain_number, printable, read_answer
from agelens.domain.units import normalized_name
from agelens.services.cohorts.column_readings import ColumnReading
from agelens.tables.formats.cell_text import as_text
from agelens.tables.typed_cells import answer_of
from agelens.wire import Code, UnknownCodes

MOST_CODES = 12  # a column with more of them is no such column
ValueMaps = Mapping[str, Mapping[str, str]]


def unknown_codes(reading: ColumnReading, values: ValueMaps, part: pa.Table) -> list[UnknownCodes]:
    """The columns of choices with cells that are no word for any choice, and what they are said to mean."""
    return list(_unknown_codes(reading, values, part))


def _unknown_codes(
    reading: ColumnReading, values: ValueMaps, part: pa.Table
) -> Iterator[UnknownCodes]:
    features = {f.key: f for f in reading.clock.manifest.features if f.kind == "choice"}
    for column_index, match in enumerate(reading.matches):
        feature = features.get(match.features[0]) if len(match.features) == 1 else None
        if (
            feature is None or reading.columns != "agelens"
        ):  # other data sets have codes of their own
            continue
        counted = _counted(feature, part.column(f"c{column_index}"))
        if 0 < len(counted) <= MOST_CODES:
            meanings = _meanings(values, match.column, feature.key)
            yield {
                "column": match.column,
                "feature": feature.key,
                "label": feature.label,
                "choices": list(feature.choices),
                "codes": [_code(code, n_rows, meanings) for code, n_rows in counted],
            }


def _counted(feature: Feature, column: pa.ChunkedArray) -> list[tuple[str, int]]:
    """The cells that are no word for a choice, those of most rows first."""
    texts = as_text(column).to_pylist()
    counted = Counter(text.strip() for text in texts if answer_of(text, "choice") is not None)
    target = Target(feature)
    return [(text, n_rows) for text, n_rows in counted.most_common() if not _reads(target, text)]


def _reads(target: Target, text: str) -> bool:
    try:
        read_answer(target, text, None)
    except NotUsable:
        return False
    return True


def _meanings(values: ValueMaps, column: str, key: str) -> Mapping[str, str]:
    """What was said of the codes of a column, under its name or the key."""
    names = {normalized_name(column), normalized_name(key)}
    meanings_of_codes = [codes for name, codes in values.items() if normalized_name(name) in names]
    return {
        _spelled(code): meaning for codes in meanings_of_codes for code, meaning in codes.items()
    }


def _code(text: str, n_rows: int, meanings: Mapping[str, str]) -> Code:
    return {"code": printable(text), "n_rows": n_rows, "meaning": meanings.get(_spelled(text))}


def _spelled(code: str) -> str:
    """1, 1.0 and "1" are one code."""
    number = plain_number(code.strip())
    return code.strip().casefold() if number is None else f"{number:g}"
