"""A training notebook for tests: it does what its data file, a JSON object, tells it to do."""

import json
from pathlib import Path
from typing import Any

import nbformat

NAME = "train_kaggle.ipynb"
PARAMETERS = """\
data = "orders.json"
validation = None
out = "bundle"
version = None
"""
READ = """\
import json, os, subprocess, sys, time
from pathlib import Path
from agelens.clocks.bundles import read_bundle, shipped, write_bundle
from agelens.clocks.manifests import finish_manifest

orders = json.loads(Path(data).read_text())
second = json.loads(Path(validation).read_text()) if validation else {}
print("orders read", sorted(orders), sorted(second))
"""
OBEY = """\
if "environment" in orders:
    print(json.dumps(sorted(os.environ)))
if "start" in orders:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
if "begun" in orders:
    Path(orders["begun"]).touch()
while "while_there" in orders and Path(orders["while_there"]).exists():
    if orders["busy"]:
        for _ in range(5):
            pow(3, 10**6)  # holds the interpreter, so that no other thread of it gets a turn
    else:
        time.sleep(0.05)
if "sleep_seconds" in orders:
    time.sleep(orders["sleep_seconds"])
if "raise" in orders:
    raise ValueError(orders["raise"])
if "die" in orders:
    os._exit(3)
"""
WRITE = """\
if "manifest" in orders:
    files = read_bundle(shipped("kaggle-age"))
    document = json.loads(files.pop("manifest.json"))
    for stated in ("sha256", "files", "format"):
        document.pop(stated)
    document |= {"version": version} | orders["manifest"]
    files["manifest.json"] = finish_manifest(document, files)
    write_bundle(files, Path(out))
"""


def write_notebook(folder: Path) -> Path:
    """Put it where a trainer looks for the notebook of kaggle-age."""
    cells = [nbformat.v4.new_code_cell(source) for source in (PARAMETERS, READ, OBEY, WRITE)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    cells[0]["metadata"]["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / NAME)
    return folder


def orders(folder: Path, **said: Any) -> Path:
    """A data file with what the notebook is to do."""
    place = folder / "orders.json"
    place.write_text(json.dumps(said))
    return place


def printed(notebook: bytes) -> str:
    """What the cells of an executed notebook have printed."""
    cells = json.loads(notebook)["cells"]
    return "".join(
        "".join(output.get("text", ""))
        for cell in cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "stream"
    )
