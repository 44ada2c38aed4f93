"""`mortality-age`, trained in `model_training.mortality`."""

from model_training.mortality import VERSION, train

__all__ = ["VERSION", "train"]
