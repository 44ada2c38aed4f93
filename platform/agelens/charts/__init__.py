"""Plotly charts and sentences for results, from the shapes of `agelens.wire`."""

from agelens.charts.age_gaps import gap_by_age
from agelens.charts.differences import comparison
from agelens.charts.distribution import distribution
from agelens.charts.explanation import waterfall
from agelens.charts.feature_importance import top_factors
from agelens.charts.history import trend
from agelens.charts.natural_frequencies import risk_sentence
from agelens.charts.number_format import amount, number, printed, quantity, share, value_text
from agelens.charts.number_line import estimate, estimate_span
from agelens.charts.sensitivity import response
from agelens.charts.sentences import change_words, other_ranks, rank_range, sentence
from agelens.charts.style import CONFIG, OLDER, YOUNGER

__all__ = [
    "CONFIG",
    "OLDER",
    "YOUNGER",
    "amount",
    "change_words",
    "comparison",
    "distribution",
    "estimate",
    "estimate_span",
    "gap_by_age",
    "number",
    "other_ranks",
    "printed",
    "quantity",
    "rank_range",
    "response",
    "risk_sentence",
    "sentence",
    "share",
    "top_factors",
    "trend",
    "value_text",
    "waterfall",
]
