"""A small cohort with many ties, made here."""

import numpy as np


def cohort(n_people: int = 300, seed: int = 0):
    """Whole months, deaths that depend on two covariates, some people censored."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(n_people, 2)), 1)
    months = np.ceil(rng.exponential(90 * np.exp(-0.6 * x[:, 0])))
    end = np.ceil(rng.uniform(30, 200, n_people))
    return np.minimum(months, end), (months <= end).astype(float), x
