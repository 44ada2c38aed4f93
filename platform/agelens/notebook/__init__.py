"""Widgets for Jupyter on top of the client and the charts."""
