from shipped_clocks import any_clock, clock, kaggle, mortality

__all__ = ["any_clock", "clock", "kaggle", "mortality"]
