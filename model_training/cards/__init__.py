"""Model cards of the clocks with published methods."""
