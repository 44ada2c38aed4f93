"""Reading the data that clocks are trained on and validated against."""

from pathlib import Path


def locate(data: str | Path) -> Path:
    """The file or folder that `--data` names."""
    return Path(data)
