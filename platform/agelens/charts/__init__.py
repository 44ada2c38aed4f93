"""Plotly charts and sentences for results, from the shapes of `agelens.wire`."""

from agelens.charts.activity import HEIGHT_PX as ACTIVITY_HEIGHT_PX
from agelens.charts.activity import credit_flow, predictions, queue_depth, waits
from agelens.charts.age_gaps import gap_by_age
from agelens.charts.age_scatter import age_scatter
from agelens.charts.body_systems import BodySystem, body_systems, systems_waterfall
from agelens.charts.differences import comparison
from agelens.charts.distribution import distribution
from agelens.charts.explanation import waterfall
from agelens.charts.fan import fan, fan_text
from agelens.charts.feature_importance import top_factors
from agelens.charts.forest import forest
from agelens.charts.missingness_heatmap import missingness, part_of
from agelens.charts.natural_frequencies import risk_sentence
from agelens.charts.noise import change_in_short, noise_verdict
from agelens.charts.number_format import (
    amount,
    choice,
    count,
    measured,
    number,
    ordinal,
    plain,
    printed,
    quantity,
    share,
    signed,
    value_text,
    whole,
)
from agelens.charts.number_line import estimate, estimate_span
from agelens.charts.plain_words import interval_meaning, starting_point
from agelens.charts.scenario_bars import scenario_bars
from agelens.charts.sensitivity import response
from agelens.charts.sentences import change_words, other_ranks, rank_range, sentence
from agelens.charts.style import CONFIG, OLDER, YOUNGER
from agelens.charts.trend import series, trend
from agelens.charts.verdicts import Verdict, peer_verdict

__all__ = [
    "ACTIVITY_HEIGHT_PX",
    "CONFIG",
    "OLDER",
    "YOUNGER",
    "BodySystem",
    "Verdict",
    "age_scatter",
    "amount",
    "body_systems",
    "change_in_short",
    "change_words",
    "choice",
    "comparison",
    "count",
    "credit_flow",
    "distribution",
    "estimate",
    "estimate_span",
    "fan",
    "fan_text",
    "forest",
    "gap_by_age",
    "interval_meaning",
    "measured",
    "missingness",
    "noise_verdict",
    "number",
    "ordinal",
    "other_ranks",
    "part_of",
    "peer_verdict",
    "plain",
    "predictions",
    "printed",
    "quantity",
    "queue_depth",
    "rank_range",
    "response",
    "risk_sentence",
    "scenario_bars",
    "sentence",
    "series",
    "share",
    "signed",
    "starting_point",
    "systems_waterfall",
    "top_factors",
    "trend",
    "value_text",
    "waits",
    "waterfall",
    "whole",
]
