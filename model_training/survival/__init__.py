"""What survival says of a clock: discrimination, hazard ratios, calibration, with intervals by person."""
