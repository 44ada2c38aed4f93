"""Reading the data that clocks are trained on and validated against."""

from pathlib import Path

from agelens.domain.errors import InvalidInput

KAGGLEHUB = "kagglehub"


def locate(data: str | Path) -> Path:
    """The file or folder that `--data` names; the word `kagglehub` downloads the Kaggle training file.

    Raises
    ------
    InvalidInput
        If there is no such file or folder, or it cannot be downloaded.
    """
    if str(data) == KAGGLEHUB:
        from model_training.datasets import kaggle_download  # only this word needs it

        return kaggle_download.download()
    path = Path(data).expanduser()
    if not path.exists():
        raise InvalidInput.at(
            "data", f"there is no file or folder {path} (the word {KAGGLEHUB} downloads)"
        )
    return path
