"""Wire results of nobody."""

from typing import Any

Wire = dict[str, Any]


def row(feature: str, years: float, **other: Any) -> Wire:
    """A contribution; an imputed one has no value."""
    told = {
        "feature": feature,
        "label": feature.capitalize(),
        "value": None if other.get("imputed") else 5.0,
        "unit": "mmol/L",
        "years": years,
        "imputed": False,
        "clipped": False,
        "reference_range": None,
        "modifiable": True,
    }
    return told | other


def result(*rows: Wire, base: float = 50.0, **other: Any) -> Wire:
    """A result whose contributions add up."""
    told = {
        "prediction": base + sum(each["years"] for each in rows),
        "unit": "years",
        "interval": None,
        "interval_reason": "none: nobody knows",
        "base_value": base,
        "base_meaning": "the middle",
        "contributions": list(rows),
        "additivity_gap": 0.0,
        "age_gap": None,
        "derived": {},
        "missing": [],
        "clipped": [],
        "warnings": [],
        "model": {"name": "made-up", "version": "1.0.0", "sha256": "a", "data_sha256": "b"},
    }
    return told | other


def interval(low: float, high: float) -> Wire:
    return {"low": low, "high": high, "level": 0.9, "method": "made up"}


def gap(raw: float, adjusted: float | None, percentile: float | None) -> Wire:
    return {"raw": raw, "adjusted": adjusted, "percentile": percentile, "reference": "some people"}
