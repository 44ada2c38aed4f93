"""Where widgets are missing."""

import subprocess
import sys

import agelens.notebook
import pytest
from agelens.client import MissingExtra, Result
from unit.notebook.service import result_of


def test_without_ipywidgets_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.startswith("agelens.notebook.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(MissingExtra, match=r"ipywidgets.*pip install 'agelens\[notebook\]'"):
        _ = agelens.notebook.Explorer
    with pytest.raises(MissingExtra, match="show"):
        _ = agelens.notebook.CohortView


def test_importing_the_package_loads_no_widgets() -> None:
    code = (
        "import sys, agelens.notebook; print({'ipywidgets', 'plotly', 'pandas'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Exploder'"):
        _ = agelens.notebook.Exploder  # type: ignore[attr-defined]


def test_a_result_is_shown_without_a_script() -> None:
    result = Result.from_wire(result_of({"systolic_bp": 150}), None)
    html = agelens.notebook.show(result)._repr_html_()
    assert "53.0 years" in html
    assert "Systolic blood pressure" in html
    assert "<script" not in html
