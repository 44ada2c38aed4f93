"""Cohorts: files of people, submitted, found again, listed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from agelens.client.cards import LiveHtmlCard
from agelens.client.cohort import COHORTS_PATH, Cohort
from agelens.client.cohort_shapes import Matches
from agelens.client.connection import Resource
from agelens.client.decoding import decode
from agelens.client.inputs import ValueMaps, texts_of_codes
from agelens.client.pages import Page, page_of
from agelens.client.uploads import MEDIA_TYPES, People, Upload, open_upload


class Cohorts(Resource, LiveHtmlCard):
    """Many people scored as one job: `client.cohorts`. Iterating gives one's own, newest first."""

    def __iter__(self) -> Iterator[Cohort]:
        """One's cohorts, newest first, without their summaries."""
        for payload in self._connection.pages(COHORTS_PATH, {"limit": 100}):
            yield self._read(payload)

    def __getitem__(self, cohort_id: str) -> Cohort:
        """One cohort, as it is now, whichever process has submitted it."""
        return self._read(self._connection.get(f"{COHORTS_PATH}/{quote(cohort_id, safe='')}"))

    def submit(
        self,
        data: People,
        *,
        model: str | None = None,
        columns: str | None = "agelens",
        mapping: Mapping[str, str] | None = None,
        units: Mapping[str, str] | None = None,
        id_column: str | None = None,
        values: ValueMaps | None = None,
        censored: str | None = None,
        sheet: str | int | None = None,
        header_row: int | None = None,
        accept_suggestions: bool = False,
        draft: bool = False,
        name: str | None = None,
        format: str | None = None,
        idempotency_key: str | None = None,
    ) -> Cohort:
        """Send people to be scored: a frame, a path, a binary file, or a list of mappings.

        The price of all rows is held at once, and those that can be scored are charged. A file is
        sent a piece at a time; of a frame its columns are sent, its index is not.

        Parameters
        ----------
        columns : str
            Whose names the columns have: agelens, kaggle or bioage-r; None has a draft's preview guess.
        mapping : mapping of str to str, optional
            Other columns: a column's name to what it answers, a biomarker's key or chronological_age;
            "ignored" when nothing.
        units : mapping of str to str, optional
            A biomarker's key to the unit of its column; canonical when absent.
        id_column : str, optional
            A column to find in the results again.
        values : mapping of str to mapping of str to str, optional
            What codes stand for, by key or column: {"sex": {"1": "male", "2": "female"}}.
        censored : str, optional
            `limit`: cells such as "<0.3" are read as their limit, with a warning; else they are errors.
        sheet : str or int, optional
            A workbook's sheet, by its name or its number from 1; guessed where that is plain.
        header_row : int, optional
            Which row of a CSV file or sheet names the columns, from 1; found when absent.
        accept_suggestions : bool
            Read columns in the units that their medians suggest; a preview tells which.
        draft : bool
            Only keep it: `preview` tells how it would be read, `run` starts it.
        name : str, optional
            What lists call it; the file's name when absent.
        format : str, optional
            csv, parquet, json, ndjson, excel, stata, spss, sas, feather, gzip or zip, where the
            file's name does not say it.
        """
        fields = _without_none(
            model=model, columns=columns, id_column=id_column, name=name,
            mapping=json.dumps(dict(mapping)) if mapping else None,
            units=json.dumps(dict(units)) if units else None,
            values=json.dumps(texts_of_codes(values)) if values else None,
            censored=censored, sheet=None if sheet is None else str(sheet),
            header_row=None if header_row is None else str(header_row),
            accept_suggestions="true" if accept_suggestions else None,
            draft="true" if draft else None,
        )  # fmt: skip
        with open_upload(data, format) as upload:
            return self.send(upload, fields, idempotency_key)

    def send(self, upload: Upload, fields: Mapping[str, str], key: str | None = None) -> Cohort:
        """Send a file with what is said of it, as text."""
        return self._read(
            self._connection.upload(COHORTS_PATH, fields, {"file": upload.part}, key=key)
        )

    def submit_stream(
        self,
        pieces: Iterable[bytes],
        format: str,
        *,
        length: int | None = None,
        model: str | None = None,
        name: str | None = None,
        sheet: str | None = None,
        header_row: int | None = None,
    ) -> Cohort:
        """Keep a file as a draft whose bytes are passed on as they come, in one attempt.

        Nothing of it is kept here, neither on disk nor in memory.

        Parameters
        ----------
        pieces : iterable of bytes
        format : str
            As of `submit`.
        length : int, optional
            How many bytes the pieces have together, where that is known.
        """
        headers = {"Content-Type": MEDIA_TYPES[format]}
        if length is not None:
            headers["Content-Length"] = str(length)
        row = None if header_row is None else str(header_row)
        params = _without_none(model=model, name=name, sheet=sheet, header_row=row, draft="true")
        return self._read(self._connection.upload_stream(COHORTS_PATH, params, pieces, headers))

    def match(
        self,
        header: Sequence[str],
        *,
        model: str | None = None,
        columns: str | None = "agelens",
        mapping: Mapping[str, str] | None = None,
        units: Mapping[str, str] | None = None,
        values: ValueMaps | None = None,
    ) -> Matches:
        """How columns of these names would be read; nothing else is sent, and nothing is kept.

        The parameters are those of `submit`; `columns` None has the service guess.
        """
        options = {
            "model": model,
            "columns": columns,
            "mapping": mapping,
            "units": units,
            "values": texts_of_codes(values) if values else None,
        }
        fields = {name: value for name, value in options.items() if value is not None}
        body = {"header": list(header), **fields}
        return decode(Matches, self._connection.post_once_more(f"{COHORTS_PATH}/match", body))

    def page(
        self, *, cursor: str | None = None, status: str | None = None, limit: int = 25
    ) -> Page[Cohort]:
        """Some of one's cohorts, newest first, from where `cursor` says."""
        params = {"cursor": cursor, "status": status, "limit": limit}
        return page_of(self._connection, COHORTS_PATH, params, self._read)

    def template(self, model: str | None = None, columns: str = "agelens") -> str:
        """A CSV with the columns that a clock reads and one made-up person, to fill in."""
        params = _without_none(model=model, columns=columns)
        return self._connection.download(f"{COHORTS_PATH}/template", params).decode()

    def _read(self, payload: object) -> Cohort:
        return Cohort(self._connection, payload)


def _without_none(**options: str | None) -> dict[str, str]:
    return {name: text for name, text in options.items() if text is not None}
