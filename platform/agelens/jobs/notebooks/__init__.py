"""Running a notebook in processes of its own: `process` starts `run`, which starts `kernel`."""

# what lies in the folder of a run
SOURCE, EXECUTED = "notebook.ipynb", "executed.ipynb"
PARAMETERS, FAILURE = "parameters.json", "failure.txt"
JUPYTER = "jupyter"
