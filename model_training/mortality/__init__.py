"""Training `mortality-age`: NHANES III teaches it, later surveys test it."""

from model_training.mortality.pipeline import NAME, VERSION, learn, train, write

__all__ = ["NAME", "VERSION", "learn", "train", "write"]
