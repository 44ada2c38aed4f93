"""A cohort in a notebook."""

from __future__ import annotations

from agelens import wire
from agelens.client.cards import card_html
from agelens.client.cards.number_format import credits_text, moment, number
from agelens.client.cards.parts import card, facts, muted, progress, table
from agelens.client.cohort_shapes import CohortFields

SHOWN_FACTORS = 8


@card_html.register(CohortFields)
def cohort_card(cohort: CohortFields) -> str:
    """How far it is, what it costs, and what came out."""
    model = f"{cohort.model.name} {cohort.model.version}" if cohort.model else ""
    rows_done = f"{cohort.rows_done:,} of {cohort.rows:,} rows"
    scored = f"{cohort.rows_scored:,} scored, {cohort.rows_failed:,} not scored"
    return card(
        f"Cohort {cohort.name}",
        progress(cohort.progress, rows_done),
        facts(
            [
                ("Id", cohort.id),
                ("Status", cohort.status),
                ("Waiting", cohort.waiting_for["message"] if cohort.waiting_for else ""),
                ("Error", cohort.error.message if cohort.error else ""),
                ("Model", model),
                ("Rows", scored),
                ("Price", _price(cohort)),
                ("Charged", credits_text(cohort.charged)),
                ("Created", moment(cohort.created_at)),
                ("Finished", moment(cohort.finished_at)),
            ]
        ),
        _summary(cohort.summary) if cohort.summary else "",
        aside=cohort.status,
    )


def _price(cohort: CohortFields) -> str:
    if not cohort.price:
        return ""
    return (
        f"{credits_text(cohort.price)} ({cohort.price_per_row:,} a row), for rows that are scored"
    )


def _summary(summary: wire.Summary) -> str:
    unit, distribution = summary["unit"], summary["prediction"]
    if distribution is None:
        return muted("No row could be scored.") + _errors(summary)
    points = (
        ("p5", distribution["p5"]),
        ("median", distribution["median"]),
        ("p95", distribution["p95"]),
    )
    spread = ", ".join(f"{name} {number(value, unit)}" for name, value in points)
    mean = (
        f"{number(distribution['mean'], unit)} ± {number(distribution['sd'] or 0.0, unit)} {unit}"
    )
    gap = summary["age_gap"]
    pairs = [("Mean", f"{mean} (mean ± sd)"), ("Spread", spread)]
    if gap:
        pairs.append(("Age gap", f"{number(gap['mean'])} years on average"))
    factors = summary["top_factors"][:SHOWN_FACTORS]
    rows = [(each["label"], number(each["mean_absolute"], unit)) for each in factors]
    factor_table = table(("What moves it most", f"{unit} on average, either way"), rows)
    return facts(pairs) + (factor_table if rows else "") + _errors(summary)


def _errors(summary: wire.Summary) -> str:
    errors = summary["errors"]
    rows = [(f"{each['rows']:,}", each["reason"]) for each in errors]
    return table(("Rows", "Why they were not scored"), rows) if rows else ""
