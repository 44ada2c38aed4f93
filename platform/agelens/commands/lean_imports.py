"""Import less, and faster, what a service needs.

Libraries import some packages if they are installed, which a service never uses. Where they are installed,
for notebooks and tests, they took each process up to 40 MiB and half a second.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def without_terminal_packages() -> None:
    """Spare this process what structlog, httpx and dash import to draw in a terminal or a notebook."""
    for name in ("IPython", "pygments", "rich"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # "not installed" to `import`


def without_pandas() -> None:
    """Have pyarrow take pandas for not installed: its first array would import it, to know its types.

    Estimators that want a frame can still import pandas; what they hand over is no business of pyarrow's.
    """
    if "pandas" in sys.modules:
        return
    hiding = _Hiding()
    sys.meta_path.insert(0, hiding)
    try:
        import pyarrow

        pyarrow.array([0])  # it looks for pandas once
    finally:
        sys.meta_path.remove(hiding)


@contextmanager
def without_collections() -> Iterator[None]:
    """Collect nothing meanwhile, nor look at it ever after: what is imported stays.

    Of 200,000 objects that a service imports 155 are garbage, and to find them takes a tenth of a second.
    A collection also writes into every object that it looks at, which forks would then share no more.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class _Hiding:
    """Finds no pandas, whether it is installed or not."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(f"{name} is hidden", name=name)
