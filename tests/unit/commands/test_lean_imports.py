"""What the processes import, and what they do not."""

import subprocess
import sys

import pytest

AS_WEB_APP = "from agelens.commands import lean_imports as l; l.without_terminal_packages()"
AS_SERVICE = f"{AS_WEB_APP}; l.without_pandas()"
TERMINAL = {"IPython", "pygments", "rich"}
SCHEMA = {"alembic", "mako", "pandas"}


def loaded(code: str, names: set[str]) -> set[str]:
    """Which of the modules a new process has after the code."""
    told = f"{code}\nimport sys; print(*(m for m in {sorted(names)} if sys.modules.get(m)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("agelens.web", TERMINAL | SCHEMA),
        ("agelens.jobs.scheduler", TERMINAL | SCHEMA),
        ("agelens.jobs.worker", TERMINAL | SCHEMA),
        (
            "agelens.commands.score",
            TERMINAL | {"ijson", "importlib.metadata", "pandas", "pydantic", "sqlalchemy", "tqdm"},
        ),
        ("dash_app.app", TERMINAL | {"numpy", "pandas", "sqlalchemy"}),
    ],
)
def test_a_process_imports_no_more_than_it_needs(module: str, heavy: set[str]) -> None:
    before = AS_WEB_APP if module == "dash_app.app" else AS_SERVICE
    assert loaded(f"{before}\nimport {module}", heavy) == set()


def test_help_needs_nothing_but_click() -> None:
    heavy = {"numpy", "pydantic", "httpx", "sqlalchemy", "redis", "asyncio", "importlib.metadata"}
    assert loaded("from agelens.cli import cli", heavy) == set()


def test_arrow_makes_arrays_without_pandas_which_estimators_still_find() -> None:
    made = (
        f"{AS_SERVICE}\nimport numpy, pyarrow\npyarrow.array(numpy.ones(2)); pyarrow.array(['a'])"
    )
    assert loaded(made, {"pandas"}) == set()
    used = "import pandas\nassert pandas.DataFrame({'a': [1]}).shape == (1, 1)"
    assert loaded(f"{made}\n{used}", {"pandas"}) == {"pandas"}


def test_what_was_imported_without_collections_is_never_looked_at_again() -> None:
    code = f"""
{AS_WEB_APP}
import gc
with l.without_collections():
    assert not gc.isenabled()
    import json.decoder
    kept = [[]]
assert gc.isenabled()
assert gc.get_freeze_count() > 1_000
assert not any(each is kept for each in gc.get_objects())
"""
    subprocess.run([sys.executable, "-c", code], check=True)
