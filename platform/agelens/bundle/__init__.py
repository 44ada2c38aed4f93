"""Make a clock of your own: a fitted scikit-learn pipeline becomes a bundle.

`from_estimator` is where to start. It needs the extra `estimator`.
"""

try:
    from agelens.bundle.pipelines import Bundle, from_estimator
except ModuleNotFoundError as error:
    names = {"numpy": "numpy", "pandas": "pandas", "pyarrow": "pyarrow"}
    names |= {"sklearn": "scikit-learn", "skops": "skops"}
    if (top := (error.name or "").partition(".")[0]) not in names:
        raise
    words = (
        f"agelens.bundle needs {names[top]}, which is not installed: "
        "pip install 'agelens[estimator]'"
    )
    raise ModuleNotFoundError(words, name=top) from error

__all__ = ["Bundle", "from_estimator"]
