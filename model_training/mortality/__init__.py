"""Train `mortality-age` on NHANES III and test it on later surveys."""

from model_training.mortality.pipeline import NAME, VERSION, learn, train, write

__all__ = ["NAME", "VERSION", "learn", "train", "write"]
