"""The page on clocks in one's own process, followed as it is printed; it needs no service."""

from typing import Any

import pandas as pd
import pytest
from documents import blocks, printed, run_python

PAGE = "docs/how-to/clock-from-python.md"


@pytest.mark.slow
def test_every_example_runs_and_prints_what_the_page_says() -> None:
    names: dict[str, Any] = {}
    said = [run_python(block, names) for block in blocks(PAGE, "python")]
    assert said == printed(PAGE)
    assert isinstance(names["ages"], pd.DataFrame)
    assert list(names["answers"].columns) == names["scored"].column_names
