"""Read the data sets that clocks are trained on and validated against."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from agelens.domain.errors import InvalidInput, json_pointer

KAGGLEHUB = "kagglehub"


def locate(data: str | Path, *, downloads: bool = True) -> Path:
    """The file or folder that `--data` names.

    Where `downloads`, the word `kagglehub` downloads the Kaggle training file.

    Raises
    ------
    InvalidInput
        If there is no such file or folder, or it cannot be downloaded.
    """
    if downloads and str(data) == KAGGLEHUB:
        from model_training.datasets import kaggle_download  # only this word needs it

        return kaggle_download.download()
    path = Path(data).expanduser()
    if not path.exists():
        hint = f" (the word {KAGGLEHUB} downloads)" if downloads else ""
        raise InvalidInput.at("data", f"there is no file or folder {path}{hint}")
    return path


@contextmanager
def validation_file() -> Iterator[None]:
    """Problems with a file that is read in here name the field `validation`, not `data`."""
    try:
        yield
    except InvalidInput as error:
        field = "validation"
        problems = [replace(p, field=field, pointer=json_pointer(field)) for p in error.problems]
        raise InvalidInput(problems) from error
