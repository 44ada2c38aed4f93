"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast

FORMATS = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".xlsx": "xlsx",
}


def format_by_ending(path: Path) -> str:
    """What results in a file of this name are written as."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise ValueError(
            f'"{path.name}" ends in none of {", ".join(FORMATS)}: say format=csv|parquet|json|xlsx'
        )
    return FORMATS[ending]


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path`, which takes its place once all went well."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder")
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        try:
            yield cast(BinaryIO, file)
            file.flush()
            os.chmod(file.name, 0o666 & ~_mask())
            os.replace(file.name, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(file.name)
            raise


def _mask() -> int:
    """What new files of this process are not readable for; it can only be asked by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
