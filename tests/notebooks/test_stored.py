"""How notebooks are stored: without output, with stable ids, and with links that lead somewhere."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))
ABOUT_TRAINING = ("compare_clocks.ipynb", "train_kaggle.ipynb", "train_mortality_clock.ipynb")


def stored(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


def links(name: str) -> list[str]:
    source = "".join("".join(cell["source"]) for cell in stored(name)["cells"])
    return re.findall(r"\]\(([^)]+)\)", source)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_stored_without_output_with_stable_ids_and_one_parameters_cell(name: str) -> None:
    notebook = stored(name)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    tagged = [cell for cell in code if "parameters" in cell["metadata"].get("tags", [])]
    assert tagged == code[:1]
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("name", NAMES)
def test_its_links_lead_to_files_of_the_repository(name: str) -> None:
    assert [link for link in links(name) if not (FOLDER / link).is_file()] == []


@pytest.mark.parametrize("name", ABOUT_TRAINING)
def test_what_is_measured_links_to_its_protocol(name: str) -> None:
    assert any("docs/protocols" in link for link in links(name))
