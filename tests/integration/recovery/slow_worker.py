"""A real worker that takes its time to score, so that it is busy when something happens.

Usage: slow_worker.py SECONDS
"""

import sys
import time
from typing import Any

from agelens.jobs import worker
from agelens.services import task_scoring

score = task_scoring.score


def take_time(*task: Any) -> Any:
    time.sleep(float(sys.argv[1]))
    return score(*task)


task_scoring.score = take_time
worker.main()
