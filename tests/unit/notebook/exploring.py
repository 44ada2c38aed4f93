"""What a test asks an explorer."""

from agelens.notebook import Explorer
from agelens.notebook.number_control import NumberControl

SECONDS = 60.0


def number_of(explorer: Explorer, key: str) -> NumberControl:
    """The control of a number."""
    control = explorer._explorer_tab.form.controls[key]
    assert isinstance(control, NumberControl)
    return control


def settled(explorer: Explorer) -> Explorer:
    """It, once nothing is being tried any more."""
    assert explorer._explorer_tab._what_if_worker.wait_until_idle(SECONDS)
    return explorer


def headline(explorer: Explorer) -> str:
    """What stands above the figure."""
    return str(explorer._result_view.text.value)


def told(explorer: Explorer) -> str:
    """What stands above the controls."""
    return str(explorer._explorer_tab.message.value)
