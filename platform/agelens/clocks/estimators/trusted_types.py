"""Allow-list of the types that a saved pipeline may hold.

The list is ours: what a bundle says it needs is compared with it and never widens it. A type is
here because its code, given any attributes at all, computes numbers and nothing else. Support
vector machines and nearest neighbours are not: their compiled code follows positions stored in
the file, and there is no short check of those (trees have one, see `native_structures`).
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

LINEAR = [
    "_base.LinearRegression",
    "_bayes.ARDRegression",
    "_bayes.BayesianRidge",
    "_coordinate_descent.ElasticNet",
    "_coordinate_descent.ElasticNetCV",
    "_coordinate_descent.Lasso",
    "_coordinate_descent.LassoCV",
    "_glm.glm.GammaRegressor",
    "_glm.glm.PoissonRegressor",
    "_glm.glm.TweedieRegressor",
    "_huber.HuberRegressor",
    "_least_angle.Lars",
    "_least_angle.LarsCV",
    "_least_angle.LassoLars",
    "_least_angle.LassoLarsCV",
    "_least_angle.LassoLarsIC",
    "_quantile.QuantileRegressor",
    "_ridge.Ridge",
    "_ridge.RidgeCV",
]

TREE = [
    "tree._classes.DecisionTreeRegressor",
    "tree._classes.ExtraTreeRegressor",
    "ensemble._forest.ExtraTreesRegressor",
    "ensemble._forest.RandomForestRegressor",
    "ensemble._gb.GradientBoostingRegressor",
    "ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
]

PREPROCESSING = [
    "_data.MaxAbsScaler",
    "_data.MinMaxScaler",
    "_data.PowerTransformer",
    "_data.QuantileTransformer",
    "_data.RobustScaler",
    "_data.StandardScaler",
    "_discretization.KBinsDiscretizer",
    "_encoders.OneHotEncoder",
    "_encoders.OrdinalEncoder",
    "_function_transformer.FunctionTransformer",
    "_polynomial.PolynomialFeatures",
    "_polynomial.SplineTransformer",
]

OTHER = [
    "compose._column_transformer.ColumnTransformer",
    "compose._target.TransformedTargetRegressor",
    "cross_decomposition._pls.PLSRegression",
    "decomposition._pca.PCA",
    "dummy.DummyRegressor",
    "ensemble._stacking.StackingRegressor",
    "ensemble._voting.VotingRegressor",
    "feature_selection._univariate_selection.SelectKBest",
    "impute._base.MissingIndicator",
    "impute._base.SimpleImputer",
    "impute._iterative.IterativeImputer",
    "impute._knn.KNNImputer",
    "kernel_ridge.KernelRidge",
    "neural_network._multilayer_perceptron.MLPRegressor",
    "neural_network._stochastic_optimizers.AdamOptimizer",
    "neural_network._stochastic_optimizers.SGDOptimizer",
    "pipeline.FeatureUnion",
    "pipeline.Pipeline",
]

# What the types above keep inside.
PARTS = [
    "_loss.link.IdentityLink",
    "_loss.link.Interval",
    "_loss.link.LogLink",
    "_loss.loss.AbsoluteError",
    "_loss.loss.HalfGammaLoss",
    "_loss.loss.HalfPoissonLoss",
    "_loss.loss.HalfSquaredError",
    "_loss.loss.HalfTweedieLoss",
    "_loss.loss.HalfTweedieLossIdentity",
    "_loss.loss.HuberLoss",
    "_loss.loss.PinballLoss",
    "compose._column_transformer.make_column_selector",
    "ensemble._hist_gradient_boosting.binning._BinMapper",
    "ensemble._hist_gradient_boosting.predictor.TreePredictor",
]

LOSSES = [
    "CyAbsoluteError",
    "CyHalfGammaLoss",
    "CyHalfPoissonLoss",
    "CyHalfSquaredError",
    "CyHalfTweedieLoss",
    "CyHalfTweedieLossIdentity",
    "CyHuberLoss",
    "CyPinballLoss",
]

UFUNCS = [
    "absolute",
    "cbrt",
    "exp",
    "expm1",
    "log",
    "log10",
    "log1p",
    "log2",
    "reciprocal",
    "sqrt",
    "square",
]
NUMBERS = ["bool", "float32", "float64", "int32", "int64", "intp", "uint8", "uint32", "uint64"]

# By the part of skops that builds it, since the part decides what is done with a type: a list may
# be called with its items, an object only gets its attributes.
ALLOWED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ObjectNode": frozenset(
            {
                *(f"sklearn.linear_model.{name}" for name in LINEAR),
                *(f"sklearn.preprocessing.{name}" for name in PREPROCESSING),
                *(f"sklearn.{name}" for name in (*TREE, *OTHER, *PARTS)),
                "scipy.interpolate._bsplines.BSpline",
            }
        ),
        "TreeNode": frozenset({"sklearn.tree._tree.Tree"}),
        "LossNode": frozenset(f"sklearn._loss._loss.{name}" for name in LOSSES),
        "FunctionNode": frozenset(
            {
                *(f"numpy.{name}" for name in UFUNCS),
                "scipy._lib.array_api_compat.numpy._aliases.asarray",  # kept by every BSpline
                "sklearn.feature_selection._univariate_selection.f_regression",
            }
        ),
        "TypeNode": frozenset(
            {
                *(f"builtins.{name}" for name in ("bool", "float", "int", "str")),
                *(f"numpy.{name}" for name in NUMBERS),
            }
        ),
        "NdArrayNode": frozenset({"numpy.ndarray", *(f"numpy.{name}" for name in NUMBERS)}),
        "DTypeNode": frozenset({"numpy.dtype"}),
        "DictNode": frozenset({"builtins.dict", "sklearn.utils._bunch.Bunch"}),
        "ListNode": frozenset({"builtins.list"}),
        "SetNode": frozenset({"builtins.set"}),
        "SliceNode": frozenset({"builtins.slice"}),
        "TupleNode": frozenset({"builtins.tuple", "sklearn.impute._iterative._ImputerTriplet"}),
        "JsonNode": frozenset({"builtins.str"}),
    }
)
TREES = frozenset(f"sklearn.{name}" for name in TREE)


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object that a skops schema describes, the outermost first."""
    waiting = [schema]
    while waiting:
        current = waiting.pop()
        if isinstance(current, dict):
            if "__loader__" in current:
                yield current
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)


def types_of(schema: Any) -> list[str]:
    """The types of a saved pipeline, sorted.

    Raises
    ------
    ValueError
        Naming what is not on the allow-list, which skops would build or call.
    """
    trusted: set[str] = set()
    foreign: set[str] = set()
    for node in nodes(schema):
        name = f"{node.get('__module__')}.{node.get('__class__')}"
        loader = str(node["__loader__"])
        (trusted if name in ALLOWED.get(loader, ()) else foreign).add(name)
    if foreign:
        listed = ", ".join(sorted(foreign))
        raise ValueError(f"the pipeline holds what no bundle may: {listed[:500]}")
    return sorted(trusted)
