"""The data files beside the project; a fresh clone does not have them."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1].parent / "shared" / "data"


def shared_file(name: str) -> Path:
    """A file of ../shared/data; the test is skipped, loudly, where it is not."""
    if not (FOLDER / name).is_file():
        pytest.skip(f"SKIPPED FOR LACK OF DATA: {name} is not in ../shared/data")
    return FOLDER / name
