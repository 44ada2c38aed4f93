"""Reference curves: percentiles of a clock's answers by age, among the people that it ranks with."""

import numpy as np
from sqlalchemy.orm import Session

from agelens.clocks.base import Clock
from agelens.clocks.marker_transforms import SEX
from agelens.clocks.references import ranking_reference
from agelens.domain.errors import InvalidInput
from agelens.domain.registry import biomarker
from agelens.services import model_registry
from agelens.wire import ReferenceCurve

PERCENTILES = (5, 25, 50, 75, 95)
YEARS = "years"


def reference_curve(session: Session, name: str | None, sex: str | None) -> ReferenceCurve:
    """The percentiles by age of the named clock, or of the default one.

    Raises
    ------
    NotFound
        If there is no such clock.
    InvalidInput
        If it is no sex of the registry.
    """
    if sex is not None and sex not in biomarker(SEX).choices:
        raise InvalidInput.at("sex", f"must be one of: {', '.join(biomarker(SEX).choices)}")
    version = model_registry.resolve(session, name)
    return curve_of(model_registry.clock_of(session, version), sex)


def curve_of(clock: Clock, sex: str | None) -> ReferenceCurve:
    """The curve of one clock; without points where it has no reference people.

    An answer in years ranks by its gap from age, another one by itself.
    """
    manifest = clock.manifest
    curve: ReferenceCurve = {
        "model": {"name": manifest.name, "version": manifest.version},
        "unit": manifest.unit,
        "sex": sex,
        "reference": None,
        "ages": [],
        "percentiles": {},
    }
    reference = ranking_reference(clock)
    if reference is None:
        return curve
    first, last = reference.ages
    ages = np.arange(first, last + 1, dtype=float)
    origin = ages if manifest.unit == YEARS else np.zeros_like(ages)
    lines = {str(p): (origin + reference.gap_at(p, sex)).tolist() for p in PERCENTILES}
    curve["reference"] = reference.described(sex)
    curve["ages"], curve["percentiles"] = ages.tolist(), lines
    return curve
