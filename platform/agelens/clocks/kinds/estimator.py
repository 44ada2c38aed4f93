"""Clocks that are fitted pipelines of scikit-learn; `agelens.bundle.from_estimator` makes them.

Their libraries are imported when such a bundle is scored, so that shipped clocks are served without.
"""

from collections.abc import Mapping

from agelens.clocks.base import Clock, Manifest
from agelens.clocks.estimators.clock import build_clock

KIND = "estimator"


def build(manifest: Manifest, files: Mapping[str, bytes]) -> Clock:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    return build_clock(manifest, files)
