"""A result and a task in a notebook."""

from __future__ import annotations

from collections.abc import Mapping

from agelens.client.cards import card_html
from agelens.client.cards.number_format import (
    YEARS,
    credits_text,
    measured,
    moment,
    number,
    signed,
)
from agelens.client.cards.parts import Bar, bars, card, facts, muted, text_div
from agelens.client.results import AgeGap, Contribution, OtherRank, Result, Task
from agelens.client.warning_text import labelled_warning

SHOWN_FACTORS = 8
DISCLAIMER = "Not medical advice."


@card_html.register(Result)
def result_card(result: Result) -> str:
    """How old, how sure, against whom, because of what."""
    unit = result.unit
    title = "Biological age" if unit == YEARS else "Result"
    others = result.contributions[SHOWN_FACTORS:]
    years_of_others = sum(each.years for each in others)
    labels = {each.feature: each.label for each in result.contributions}
    return card(
        title,
        text_div(f"{number(result.prediction, unit)} {unit}", large=True),
        facts(
            [
                ("Interval", _interval(result)),
                ("Age gap", _gap(result.age_gap)),
                ("Rank", _rank(result.rank)),
                ("Ten-year risk of dying", _risk(result.derived)),
            ]
        ),
        bars([_bar(each) for each in result.contributions[:SHOWN_FACTORS]], unit),
        muted(
            f"and {len(others)} more: {signed(years_of_others, unit)} {unit} together"
            if others
            else ""
        ),
        muted(f"They start from {number(result.base_value, unit)} {unit}: {result.base_meaning}."),
        *(muted(f"Warning: {labelled_warning(warning, labels)}") for warning in result.warnings),
        muted(DISCLAIMER),
        aside=f"{result.model.name} {result.model.version}",
    )


@card_html.register(Task)
def task_card(task: Task) -> str:
    """What was asked for, how it stands, and its result once it is there."""
    problems = [(problem.field, problem.message) for problem in task.validation_errors]
    error = [("Error", task.error.message)] if task.error else []
    task_html = card(
        f"Task {task.id}",
        facts(
            [
                ("Status", task.status),
                ("Model", f"{task.model.name} {task.model.version}"),
                ("Price", credits_text(task.price)),
                ("Charged", credits_text(task.charged)),
                ("Created", moment(task.created_at)),
                *error,
                *problems,
            ]
        ),
    )
    return task_html + (result_card(task.result) if task.result else "")


def _interval(result: Result) -> str:
    if result.interval is None:
        return f"none: {(result.interval_reason or 'not known').removeprefix('none: ')}"
    low, high = (
        number(bound, result.unit) for bound in (result.interval.low, result.interval.high)
    )
    return f"{low} to {high} {result.unit} ({100 * result.interval.level:.3g} %)"


def _gap(gap: AgeGap | None) -> str:
    if gap is None:
        return ""
    gap_text = f"{signed(gap.raw)} years to the age given"
    if gap.adjusted is not None:
        gap_text = f"{signed(gap.adjusted)} years to comparable people; {gap_text}"
    if gap.percentile is None and gap.percentile_range:
        low, high = (f"{rank:.0f}" for rank in gap.percentile_range)
        return f"{gap_text}; percentile {low} to {high}, as markers are missing ({gap.reference})"
    if gap.percentile is None:
        return gap_text
    percentile = f"{gap.percentile:.0f}"
    low, high = (f"{rank:.0f}" for rank in gap.percentile_range or (0, 0))
    bounds = f" ({low} to {high}, as markers are missing)" if low != high else ""
    other_ranks = "".join(f"; percentile {o.percentile:.0f} in {o.reference}" for o in gap.others)
    rank = f"percentile {percentile}{bounds} among comparable people ({gap.reference})"
    return f"{gap_text}; {rank}{other_ranks}"


def _rank(rank: OtherRank | None) -> str:
    """Of an answer that is no age."""
    return f"percentile {rank.percentile:.0f} among {rank.reference}" if rank else ""


def _risk(derived: Mapping[str, float]) -> str:
    """As a natural frequency; "" where the clock gives no risk."""
    risks = [derived.get(f"risk_10y{suffix}") for suffix in ("", "_low", "_high")]
    bounds = [risk for risk in risks if risk is not None]
    if len(bounds) < len(risks):
        return ""
    # among 100 there must be somebody, and the interval of a small risk is to have two ends
    one_number = round(bounds[1] * 100) == round(bounds[2] * 100)
    people = 1000 if bounds[0] < 0.01 or (one_number and bounds[0] < 0.5) else 100
    middle, low, high = (_count(risk, people) for risk in bounds)
    interval = low if low == high else f"{low} to {high}"
    return f"{middle} of {people:,} people like this (95 % interval {interval})"


def _count(risk: float, people: int) -> str:
    count = round(risk * people)
    if count < 1:
        return "fewer than 1"
    return f"more than {people - 1}" if count >= people else f"{count}"


def _bar(contribution: Contribution) -> Bar:
    note = measured(contribution.value, contribution.unit)
    notes = [note, *(["beyond the training data"] if contribution.clipped else [])]
    return Bar(contribution.label, ", ".join(notes), contribution.years)
