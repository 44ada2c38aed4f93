"""Real workers, one after the other, each of which is killed (SIGKILL) at its own worst moment.

Usage: dying_cohort_workers.py MOMENT...    (ends when the last one has died; names in MOMENTS)
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from agelens.jobs import cohorts, worker
from agelens.services import billing
from agelens.services.cohorts import cleanup, part_scoring, parts
from agelens.storage.files import Files


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> Callable[[], None]:
    """Die instead of calling a function."""
    return lambda: setattr(owner, name, die)


def after(owner: Any, name: str) -> Callable[[], None]:
    """Die when a function has done its work."""
    function = getattr(owner, name)

    def run(*args: Any, **kwargs: Any) -> None:
        if function(*args, **kwargs) is not None or name in ALWAYS:
            die()

    return lambda: setattr(owner, name, run)


def half_written() -> None:
    """Die with some of a result in the file."""
    write = Files.write

    def run(files: Files, name: str, fill: Callable[[BinaryIO], None]) -> None:
        def fill_half(stream: BinaryIO) -> None:
            stream.write(b"ARROW1")
            stream.flush()
            die()

        write(files, name, fill_half)

    Files.write = run  # type: ignore[method-assign]


ALWAYS = ("settle_cohort", "score_part")  # they return nothing, or something each time
MOMENTS = {
    "claimed, claim not committed": after(parts, "claim"),
    "claim committed": before(part_scoring, "score_part"),
    "scored": after(part_scoring, "score_part"),
    "result half written": half_written,
    "result written, not counted": before(parts, "finish"),
    "counted, count not committed": after(parts, "finish"),
    "counted, job not acknowledged": after(cohorts, "score_part"),
    "settled, not committed": after(billing, "settle_cohort"),
    "settled, answers not deleted": before(cleanup, "remove"),
}
ONE_PART = "counted, job not acknowledged"  # a whole slice would leave nothing to the next workers


def main() -> None:
    # one part may meet several moments; that a part is given up in the end has a test of its own
    parts.MAX_ATTEMPTS = len(MOMENTS)
    for moment in sys.argv[1:]:
        child = os.fork()
        if child == 0:
            MOMENTS[moment]()
            if moment == ONE_PART:
                cohorts.SLICE_SECONDS = 0.0
            worker.main()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            sys.exit(f"the worker that should have died ({moment}) did not")


if __name__ == "__main__":
    main()
