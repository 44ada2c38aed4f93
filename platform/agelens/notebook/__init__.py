"""Widgets for Jupyter on top of the client and the charts. They need the `notebook` extra."""
from agelens.notebook.explorer import Explorer
