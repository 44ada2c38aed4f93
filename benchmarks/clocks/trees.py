"""The baseline of the clocks: LightGBM, explained by shap's TreeExplainer in its path-dependent mode.

For LightGBM that explainer hands over to LightGBM's own C++ code, so this is as quick as it gets.
"""

from dataclasses import dataclass, field
from typing import Any

from agelens.clocks.base import FloatArray

NAME = "LightGBM + shap"
# Small trees on parts of the people and columns: for both clocks' real data more accurate than the
# defaults (4.17 and 4.37 years; C 0.850 and 0.846) and four to six times as quick.
SETTINGS: dict[str, Any] = {
    "num_leaves": 4,
    "colsample_bytree": 0.4,
    "subsample": 0.5,
    "subsample_freq": 1,
    "random_state": 0,
    "n_jobs": 1,
    "verbose": -1,
}


@dataclass(frozen=True)
class Trees:
    """A fitted model and its explainer, made once."""

    model: Any
    explainer: Any = field(init=False)

    def __post_init__(self) -> None:
        """The explainer of the model."""
        import shap

        explainer = shap.TreeExplainer(self.model, feature_perturbation="tree_path_dependent")
        object.__setattr__(self, "explainer", explainer)

    def predict_and_explain(self, matrix: FloatArray) -> tuple[Any, Any]:
        """Predictions and contributions of people, shape (n_people, n_features)."""
        return self.model.predict(matrix), self.explainer.shap_values(matrix)


def learn(
    matrix: FloatArray, outcome: FloatArray, weights: FloatArray | None = None, **settings: Any
) -> Trees:
    """Trees fitted on people, shape (n_people, n_features)."""
    import lightgbm

    model = lightgbm.LGBMRegressor(**SETTINGS, **settings)
    return Trees(model.fit(matrix, outcome, sample_weight=weights))
