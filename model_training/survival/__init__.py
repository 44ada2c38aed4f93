"""Survival statistics: discrimination, hazard ratios and calibration, with bootstrap intervals."""
