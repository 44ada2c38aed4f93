from shipped_clocks import any_clock, kaggle, mortality

__all__ = ["any_clock", "kaggle", "mortality"]
