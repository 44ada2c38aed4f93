"""Demo cohorts: people made up in the shape of the data sets, so that everything can be tried without them."""

from model_training.datasets.generated.kaggle import generate_kaggle
from model_training.datasets.generated.nhanes import generate_nhanes

__all__ = ["generate_kaggle", "generate_nhanes"]
