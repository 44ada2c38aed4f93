"""AgeLens: biological age from health biomarkers, with every number explained."""

from typing import TYPE_CHECKING

from agelens.version import __version__

if TYPE_CHECKING:
    import os

    from agelens.local_clock import LocalClock

__all__ = ["__version__", "load"]


def load(name_or_path: "str | os.PathLike[str]", version: str | None = None) -> "LocalClock":
    """Open a clock for use in this process, without a server.

    Parameters
    ----------
    name_or_path : str or path
        A shipped clock by its name, long or short (`mortality-age`, `mortality`), also as
        `name@version`; else the directory of a bundle.
    version : str, optional
        Of a shipped clock, the newest one when absent; a bundle must be of this version.

    Returns
    -------
    LocalClock

    Raises
    ------
    InvalidInput
        If there is no such clock or version; the error names those that there are.
    InvalidBundle
        If the bundle cannot be trusted.
    ImportError
        If numpy or pyarrow is not installed; the extra `score` brings them.
    """
    try:
        from agelens import local_clock
    except ModuleNotFoundError as error:
        if error.name not in ("numpy", "pyarrow"):
            raise
        words = (
            f"agelens.load needs {error.name}, which is not installed: pip install 'agelens[score]'"
        )
        raise ModuleNotFoundError(words, name=error.name) from error
    return local_clock.load(name_or_path, version)
