"""AgeLens: biological age from health biomarkers, with every number explained."""

__version__ = "0.1.0"
