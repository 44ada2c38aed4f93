"""JupyterLab with the notebooks, connected to an AgeLens: `agelens lab`."""

from agelens.commands.lab.command import run

__all__ = ["run"]
