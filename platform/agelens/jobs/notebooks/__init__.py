"""Run notebooks in child processes: `process` starts `run`, which starts `kernel`."""

# what lies in the folder of a run
SOURCE, EXECUTED = "notebook.ipynb", "executed.ipynb"
PARAMETERS, FAILURE = "parameters.json", "failure.txt"
JUPYTER = "jupyter"
