"""Fitted scikit-learn pipelines as clocks: the kind `estimator`.

`agelens.bundle.from_estimator` makes such a bundle. Here is what serves one:

* `trusted_types`: the types that a saved pipeline may hold, and no others;
* `saved_pipeline`: write and read a pipeline with skops, reproducibly;
* `native_structures`: check what compiled code reads without checking, such as trees;
* `columns`: the frame that the pipeline was fitted on, from a table in canonical units;
* `explanations`: exact additive, tree and enumerated Shapley values;
* `clock`: the clock itself.

Importing this package needs neither scikit-learn nor skops; to load a pipeline needs both, and to explain
trees shap.
"""
