"""A real worker that kills itself (SIGKILL) at the worst moments, by chance from a fixed seed.

Usage: crashing_worker.py SEED PROBABILITY LOG    (each crash adds the name of its moment to LOG)
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agelens.jobs import predict, worker
from agelens.services import billing, scoring

seed, probability, log = int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
chance = random.Random(seed)


def perhaps_crash(moment: str) -> None:
    if chance.random() < probability:
        with log.open("a") as file:
            file.write(moment + "\n")
        os.kill(os.getpid(), signal.SIGKILL)


def dangerous(
    function: Callable[..., Any], *, before: str | None = None, after: str | None = None
) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        if before:
            perhaps_crash(before)
        result = function(*args, **kwargs)
        if after:
            perhaps_crash(after)
        return result

    return run


scoring.claim = dangerous(scoring.claim, after="claimed, claim not committed")
scoring.score = dangerous(scoring.score, before="claim committed", after="scored")
billing.capture = dangerous(
    billing.capture,
    before="result written, nothing charged",
    after="charged, result and charge not committed",
)
predict.predict_task = dangerous(predict.predict_task, after="settled, job not acknowledged")
worker.main()
