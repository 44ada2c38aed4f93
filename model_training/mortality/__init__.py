"""Train `mortality-age` on NHANES III and later surveys, and measure it on surveys left out.

Start with `pipeline`; `fit` has the model, `out_of_fold` the choice, `plan` what is fixed beforehand.
"""

from model_training.mortality.pipeline import NAME, VERSION, learn, train, write

__all__ = ["NAME", "VERSION", "learn", "train", "write"]
