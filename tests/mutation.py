"""Mutation testing of the modules where a silent mistake costs money or moves a number.

    python tests/mutation.py [MODULE ...]

mutmut changes one operator, constant or argument at a time and runs the tests that guard the
module. A change that no test notices survives; survivors are explained in
docs/testing-mutation.md, and one that is not makes this exit with 1.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agelens.commands.up.embedded import EmbeddedPostgres
from agelens.services import publishing
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.migrate import migrate
from servers import short_home
from sqlalchemy import make_url

ROOT = Path(__file__).parents[1]
EXPLANATIONS = ROOT / "docs" / "testing-mutation.md"
MUTMUT = Path(sys.executable).with_name("mutmut")

CONFIGURATION = """
[mutmut]
source_paths = src
only_mutate = src/agelens/{module}
pytest_add_cli_args_test_selection = tests/{tests}
timeout_constant = 30
timeout_multiplier = 4
use_git_change_detection = false
"""


@dataclass(frozen=True)
class Guarded:
    """A module below platform/agelens and the tests below tests/ that guard it.

    Mutants run in forks of a process that has imported the module. What the module computes only
    once, at import or behind a cache, would never be mutated: `once` is that text, `each_time` the
    text in its place that computes it at every call.
    """

    module: str
    tests: str
    once: str = ""
    each_time: str = ""

    @property
    def scratch(self) -> Path:
        """Where mutmut works."""
        return ROOT / "build" / "mutation" / Path(self.module).stem


CREDITS = "integration/services/test_billing.py"
GUARDED = (
    Guarded("domain/units.py", "unit/domain/test_units.py"),
    Guarded("clocks/shapley.py", "unit/clocks/test_shapley.py", "@cache\n", ""),
    Guarded("services/ledger.py", CREDITS, "execute(_APPEND,", "execute(_append_statement(),"),
    Guarded("services/billing.py", CREDITS),
)


def main(names: list[str]) -> int:
    """Mutate the modules and say what became of the mutants."""
    wanted = [each for each in GUARDED if each.module in names or not names]
    explained = changes(EXPLANATIONS.read_text())
    unexplained = 0
    with migrated_template() as environment:
        for guarded in wanted:
            began = time.monotonic()
            outcomes = mutate(guarded, environment)
            seconds = time.monotonic() - began
            counts = sorted(Counter(outcomes.values()).items())
            told = ", ".join(f"{count} {outcome}" for outcome, count in counts)
            print(f"{guarded.module:22} {len(outcomes):4} mutants: {told} ({seconds:.0f} s)")
            # Nothing here loops for long: a timeout is a busy machine, not a test that noticed.
            for name in (name for name, outcome in outcomes.items() if outcome != "killed"):
                diff = run(guarded, "show", name)
                if not changes(diff) <= explained:
                    unexplained += 1
                    print(diff, flush=True)
    print(f"{unexplained} mutants were neither killed nor explained in {EXPLANATIONS.name}")
    return 1 if unexplained or not wanted else 0


@contextmanager
def migrated_template() -> Iterator[dict[str, str]]:
    """The environment of tests on one PostgreSQL, whose new databases are migrated from the start.

    Redis is left to each mutant: a shared one would keep what a mutant that is killed had claimed.
    """
    with short_home() as home:
        postgres = EmbeddedPostgres(home, durable=False)
        url = postgres.start()
        try:
            template = make_url(url).set(database="template1")
            engine = open_engine(template.render_as_string(hide_password=False))
            migrate(engine)
            with session_factory(engine).begin() as session:
                publishing.register_shipped(session)
            engine.dispose()
            yield {**os.environ, "DATABASE_URL": url}
        finally:
            postgres.stop()


def mutate(guarded: Guarded, environment: dict[str, str]) -> dict[str, str]:
    """What became of each mutant of a module."""
    lay_out(guarded)
    log = guarded.scratch / "mutmut.log"
    with log.open("wb") as output:
        command = [MUTMUT, "run"]
        ended = subprocess.run(
            command, cwd=guarded.scratch, env=environment, stdout=output, stderr=output
        )
    if ended.returncode:
        raise SystemExit(f"mutmut could not run; {log} says why")
    lines = run(guarded, "results", "--all", "true").splitlines()
    return dict(line.strip().rsplit(": ", 1) for line in lines if "__mutmut_" in line)


def lay_out(guarded: Guarded) -> None:
    """Copy sources and tests to where mutmut wants them: it names modules from below src/."""
    shutil.rmtree(guarded.scratch, ignore_errors=True)
    compiled = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "platform", guarded.scratch / "src", ignore=compiled)
    shutil.copytree(ROOT / "tests", guarded.scratch / "tests", ignore=compiled)
    configuration = CONFIGURATION.format(module=guarded.module, tests=guarded.tests)
    shared = ROOT.joinpath("setup.cfg").read_text()
    guarded.scratch.joinpath("setup.cfg").write_text(shared + configuration)
    source = guarded.scratch / "src" / "agelens" / guarded.module
    text = source.read_text()
    if guarded.once not in text:
        raise SystemExit(f"{guarded.module} no longer contains {guarded.once!r}")
    if guarded.once:
        source.write_text(text.replace(guarded.once, guarded.each_time))


def run(guarded: Guarded, *arguments: str) -> str:
    """What a command of mutmut prints."""
    command = [MUTMUT, *arguments]
    return subprocess.check_output(command, cwd=guarded.scratch, text=True)


def changes(text: str) -> set[str]:
    """Each group of changed lines in a text with differences, without where it stands."""
    groups = re.findall(r"(?m)(?:^[-+](?![-+]).*\n?)+", text)
    return {"\n".join(line.rstrip() for line in group.splitlines()) for group in groups}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
