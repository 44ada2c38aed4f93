"""The client in JupyterLab."""

import pytest
from browser.conftest import MakePerson
from browser.jupyter.conftest import Lab
from playwright.sync_api import expect


def test_a_notebook_is_connected_by_its_environment_and_a_cell_that_fails_fails_the_walk(
    lab: Lab, make_person: MakePerson
) -> None:
    person = make_person(credits=7)
    connected = "from agelens.client import Client\nclient = Client()"
    opened = lab(person, [connected, "client.me().email", "2 / 1", "1 / 0", "1"])
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        opened.run_all()
    expect(opened.cells.nth(1)).to_contain_text(person.email)
    expect(opened.cells.nth(2)).to_contain_text("2.0")
