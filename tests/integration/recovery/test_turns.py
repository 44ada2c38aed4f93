"""Nobody's work starves: cohorts have turns among predictions, and people among cohorts."""

from collections.abc import Callable

import httpx
from integration.kept_cohorts import people
from integration.recovery.stack import BreakableStack, wait_for

PANEL = {"systolic_bp": 134, "bone_density": 0.9, "vision_sharpness": 0.5, "hearing_ability": 40}
PREDICTIONS, SECONDS_EACH = 60, 0.1


def submit(http: httpx.Client, rows: int) -> str:
    """A cohort's id."""
    files = {"file": ("people.csv", people(rows), "text/csv")}
    answer = http.post("/api/cohorts", files=files, data={"model": "kaggle-age"})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_a_cohort_is_scored_while_predictions_keep_coming(
    make_stack: Callable[..., BreakableStack],
) -> None:
    stack = make_stack(prediction_batch=1)
    with stack.person() as http:
        for _ in range(PREDICTIONS):
            http.post("/api/tasks/predict", json={"answers": PANEL}).raise_for_status()
        cohort = submit(http, 100)
        stack.script("slow_worker.py", SECONDS_EACH)
        wait_for(
            lambda: http.get(f"/api/cohorts/{cohort}").json()["status"] == "succeeded", seconds=60
        )
        queued = http.get("/api/tasks/history?status=queued&limit=100").json()["items"]
        assert len(queued) > PREDICTIONS / 2
