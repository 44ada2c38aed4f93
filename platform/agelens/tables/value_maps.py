"""Value maps: what the codes of a column stand for, such as 1 and 2 for the sexes."""

from collections.abc import Mapping

import pyarrow as pa

from agelens.domain.answer_parsing import MAX_PROBLEMS
from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer
from agelens.domain.features import Target
from agelens.domain.panel import AGE
from agelens.domain.single_answer import NotUsable, plain_number, printable, read_answer
from agelens.domain.units import normalized_name
from agelens.tables.matching import Matching, column_index
from agelens.tables.typed_cells import answer_of

ValueMap = Mapping[str, str]
Code = float | str


class ValueMaps:
    """The value maps of one file's columns.

    Parameters
    ----------
    values : mapping of str to mapping of str to str
        By the key of a feature (or chronological_age) or the name of a column: what cells stand for.
        1, 1.0 and "1" are one code; case does not matter. An empty text is a missing cell.

    Raises
    ------
    InvalidInput
        At "values", naming what answers nothing, or stands for no answer.
    """

    def __init__(
        self, values: Mapping[str, ValueMap], matching: Matching, header: tuple[str, ...]
    ) -> None:
        self._maps: dict[int, dict[Code, str]] = {}
        problems = []
        for name, meanings in values.items():
            index = _mapped_index(name, matching, header)
            message = "names no column that is read" if index is None else None
            if index is not None and index in self._maps:
                message = "is named twice"
            if index is not None and message is None:
                message = _wrong_meaning(matching, index, meanings)
                self._maps[index] = {_code(code): meaning for code, meaning in meanings.items()}
            if message:
                pointer = json_pointer("values", name)
                problems.append(FieldProblem(pointer, printable(name), message))
        if problems:
            raise InvalidInput(problems[:MAX_PROBLEMS])

    @property
    def indices(self) -> frozenset[int]:
        """The columns with a map."""
        return frozenset(self._maps)

    def applied(self, arrays: Mapping[int, pa.Array]) -> Mapping[int, pa.Array]:
        """The columns, with what their cells stand for."""
        if not self._maps:
            return arrays
        return {**arrays, **{index: _mapped(arrays[index], m) for index, m in self._maps.items()}}


def _mapped_index(name: str, matching: Matching, header: tuple[str, ...]) -> int | None:
    read_indices = {column.index for column in matching.columns} | {matching.age}
    by_key = {key: column.index for column in matching.columns for key in column.features}
    if name == AGE and matching.age is not None:
        return matching.age
    if name in by_key:
        return by_key[name]
    for key, index in by_key.items():
        if normalized_name(key) == normalized_name(name):
            return index
    index_by_name = column_index(header, name)
    return index_by_name if index_by_name in read_indices else None


def _wrong_meaning(matching: Matching, index: int, meanings: ValueMap) -> str | None:
    """What is wrong with what the codes of a column stand for."""
    column = next((c for c in matching.columns if c.index == index), None)
    if column is None or column.kind != "choice":
        return None
    target = Target(column.targets[0][0].feature)
    for meaning in meanings.values():
        if answer_of(meaning, "choice") is not None:
            try:
                read_answer(target, meaning, None)
            except NotUsable as error:
                return str(error)
    return None


def _code(cell: object) -> Code:
    text = str(cell).strip()
    number = plain_number(text)
    return text.casefold() if number is None else number


def _mapped(array: pa.Array, meanings: Mapping[Code, str]) -> pa.Array:
    encoded = array.dictionary_encode()
    texts = [meanings.get(_code(cell), _text(cell)) for cell in encoded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(encoded.indices)


def _text(cell: object) -> str | None:
    """A cell without a meaning of its own; NaN is missing."""
    return None if cell is None or cell != cell else str(cell)
