"""The rows about the clocks alone: on one core, against trees explained by shap; no server runs."""
