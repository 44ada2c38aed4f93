"""Execute a notebook with papermill, on a kernel of this Python.

Usage: python -m agelens.jobs.notebooks.run PARENT_PID   (in the folder that `process` prepared)

It knows no database, no queue and no secret: only the files of its folder.
"""

import json
import os
import sys
from pathlib import Path

from agelens.jobs.notebooks import EXECUTED, FAILURE, JUPYTER, PARAMETERS, SOURCE
from agelens.jobs.process_supervision import die_with

SAVED_EVERY_SECONDS = 10


def main() -> int:
    """Run the notebook, saving it as it goes; what went wrong is left in a file."""
    die_with(int(sys.argv[1]))
    _offer_kernel(Path(JUPYTER))
    try:
        _execute(json.loads(Path(PARAMETERS).read_text()))
    except Exception as error:
        Path(FAILURE).write_text(_in_words(error))
        return 1
    return 0


def _offer_kernel(folder: Path) -> None:
    """This Python's kernel, whatever kernels the machine has under the same name."""
    module = "agelens.jobs.notebooks.kernel"
    spec = {
        "argv": [sys.executable, "-P", "-m", module, str(os.getpid()), "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
        "metadata": {"supported_encryption": "curve"},
    }
    kernel_folder = folder / "kernels" / "python3"
    kernel_folder.mkdir(parents=True)
    (kernel_folder / "kernel.json").write_text(json.dumps(spec))


def _execute(parameters: dict[str, object]) -> None:
    import papermill  # seconds to import, and only trainers have it
    from traitlets.config import Config

    # else everybody on this machine could read along
    encrypted = Config({"KernelManager": {"transport_encryption": "auto"}})
    papermill.execute_notebook(
        SOURCE,
        EXECUTED,
        parameters,
        kernel_name="python3",
        progress_bar=False,
        autosave_cell_every=SAVED_EVERY_SECONDS,
        config=encrypted,
    )


def _in_words(error: Exception) -> str:
    """The end of the traceback in the notebook, or what kept it from running."""
    if isinstance(error, ModuleNotFoundError):
        return f"Notebooks need more packages ({error.name}): install agelens[retrain]"
    traceback = getattr(error, "traceback", None)
    if not traceback:
        return f"{type(error).__name__}: {error}"
    from papermill.exceptions import strip_color

    # only papermill's own error has a traceback, and it has the cell's number too
    return f"In cell {error.exec_count}: {strip_color(traceback[-1])}"  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
