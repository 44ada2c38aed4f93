"""A folder for files, and files of people to take in."""

import io
from collections.abc import Callable

import pytest
from agelens.services.cohorts import ingestion
from agelens.storage.files import Files


@pytest.fixture
def files(tmp_path) -> Files:
    return Files(str(tmp_path / "storage"))


@pytest.fixture
def take(files) -> Callable[..., ingestion.StoredUpload]:
    """Take in bytes as the cohort called one."""

    def make(
        content: bytes, format: str = "csv", most_rows: int = 1_000_000
    ) -> ingestion.StoredUpload:
        return ingestion.store_upload(
            files, "one", io.BytesIO(content), format, most_rows=most_rows
        )

    return make


@pytest.fixture
def rows_of(files, take) -> Callable[..., list[dict]]:
    """The rows of a file after it was taken in, by the names of its header; blanks are left out."""

    def make(content: bytes, format: str = "csv") -> list[dict]:
        taken = take(content, format)
        names = [*taken.header, "fault"]
        tables = ingestion.parts(files, "one", taken.n_parts)
        rows = [row for table in tables for row in table.rename_columns(names).to_pylist()]
        return [{k: v for k, v in row.items() if v is not None} for row in rows]

    return make
