"""`kaggle-age`, trained in `model_training.kaggle_age`."""

from model_training.kaggle_age import VERSION, train

__all__ = ["VERSION", "train"]
