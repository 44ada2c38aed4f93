"""Training `mortality-age`: NHANES III teaches it, later surveys test it."""

from model_training.mortality.pipeline import NAME, VERSION, train

__all__ = ["NAME", "VERSION", "train"]
