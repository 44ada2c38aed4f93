"""Figures of the training notebooks, drawn with plotly."""
