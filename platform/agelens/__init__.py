"""AgeLens: biological age from health biomarkers, with every number explained."""

from importlib.metadata import version

__version__ = version("agelens")
