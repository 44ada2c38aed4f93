"""One filled database with the API and the jobs in a process of its own, which does what it is told.

Usage: python -m benchmarks.growth.measured_service, with the settings in the environment

It reads a step and how many times to do it, a line of JSON each, and answers with a line: the CPU seconds
of this process and of its sessions of PostgreSQL (the wall says more about the neighbours), divided by the
number of things that it was done for, and the most memory that the process has had.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from agelens.jobs import connections, predict, scheduler
from agelens.queueing.heartbeat import SCHEDULER, Heartbeat
from agelens.queueing.queue import QUEUES
from agelens.services import tokens
from agelens.services.audit import audit
from agelens.services.pagination import cursor_after
from agelens.storage import Task, User
from agelens.storage.engine import open_engine
from agelens.web import create_app
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from benchmarks.growth.history import ADMIN, ANSWERS, BUSY, RARE_CLOCK, USUAL_CLOCK

PANEL = {key: ANSWERS[key] for key in ("sex", "creatinine", "glucose", "crp")}
_SESSIONS = text(
    """
    select pid from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend'
        and pid != pg_backend_pid()
        or backend_type = 'io worker'
    """
)
Step = Callable[[], int]  # how many things it was done for


class MeasuredService:
    """The API and its jobs on one database, with every step that is measured."""

    def __init__(self) -> None:
        """Log both in."""
        self.app = create_app(connections.settings())
        url = str(connections.settings().database_url)
        self._watch = open_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT")
        with connections.sessions().begin() as session:
            self.busy = self._caller(session, BUSY)
            self.admin = self._caller(session, ADMIN)
        self.steps: dict[str, Step] = {
            **{name: self._get_step(self.busy, path) for name, path in self._of_one()},
            **{name: self._get_step(self.admin, path) for name, path in self._of_all()},
            "Predict, submitted and drained": self._predict,
            "A sweep": self._sweep,
            "Export of a task": self._export,
            "First bytes of an export": self._begin_export,
            "Audit of an entry": self._audit,
        }

    def cpu_seconds(self) -> float:
        """What this process and its sessions of PostgreSQL have computed so far."""
        pids = self._watch.execute(_SESSIONS).scalars()
        ran = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids)
        return time.process_time() + ran / 1e9

    def _of_one(self) -> Iterator[tuple[str, str]]:
        middle = self._middle_of_list(self.busy)
        yield "History", "/api/tasks/history"
        yield "History, in its middle", f"/api/tasks/history?cursor={middle}"
        yield "History by clock", f"/api/tasks/history?model={USUAL_CLOCK}"
        yield "History by a rare clock", f"/api/tasks/history?model={RARE_CLOCK}"
        for status in ("succeeded", "failed", "draft", "queued"):
            yield f"History, {status}", f"/api/tasks/history?status={status}"
        filters = f"model={RARE_CLOCK}&status=failed"
        yield "History, failed of a rare clock", f"/api/tasks/history?{filters}"
        yield "Assessments", "/api/assessments"
        yield "Timeline", "/api/timeline"
        yield "Timeline by a rare clock", f"/api/timeline?model={RARE_CLOCK}"
        yield "Timeline, failed", "/api/timeline?status=failed"
        yield "Trend", "/api/timeline/trend"
        yield "Trend of a rare clock", f"/api/timeline/trend?model={RARE_CLOCK}"
        yield "Wallet", "/api/wallet"
        yield "Transactions", "/api/wallet/transactions"

    def _of_all(self) -> Iterator[tuple[str, str]]:
        listed = "/api/admin/tasks"
        yield "All tasks", listed
        yield "All tasks, in the middle", f"{listed}?cursor={self._middle_of_list(None)}"
        yield "All tasks by clock", f"{listed}?model={USUAL_CLOCK}"
        yield "All tasks by a rare clock", f"{listed}?model={RARE_CLOCK}"
        yield "All tasks of a person", f"{listed}?user={quote(BUSY)}"
        for status in ("succeeded", "failed", "canceled", "draft", "queued"):
            yield f"All tasks, {status}", f"{listed}?status={status}"
        yield "All transactions", "/api/admin/transactions"
        yield "Transactions of a person", f"/api/admin/transactions?user={quote(BUSY)}"
        yield "Users", "/api/admin/users"
        yield "Users by e-mail", "/api/admin/users?email=person-7"
        yield "Users by an e-mail of one", f"/api/admin/users?email={quote(BUSY)}"
        yield "Cohorts", "/api/admin/cohorts"
        yield "Queues", "/api/admin/queues"
        yield "Activity of a day", "/api/admin/activity?period=24h"
        yield "Activity of a month", "/api/admin/activity?period=30d"
        yield "Drift", f"/api/admin/ml-models/{USUAL_CLOCK}/drift"
        yield "readyz", "/readyz"
        yield "metrics", "/metrics"

    def _caller(self, session: Session, email: str) -> FlaskClient:
        user = session.scalars(select(User).where(User.email == email)).one()
        secret, _ = tokens.issue(session, user, kind="login", name="bench", days=1)
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client

    def _get_step(self, caller: FlaskClient, path: str) -> Step:
        def request() -> int:
            answer = caller.get(path)
            answer.get_data()
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status} {answer.text}")
            return 1

        return request

    def _middle_of_list(self, caller: FlaskClient | None) -> str:
        """A cursor behind which half of one's tasks, or of everybody's, are."""
        with connections.sessions()() as session:
            busy = session.scalars(select(User).where(User.email == BUSY)).one()
            mine = [Task.user_id == busy.id] if caller is not None else []
            first, last = session.execute(
                select(func.min(Task.created_at), func.max(Task.created_at)).where(*mine)
            ).one()
            middle = select(Task).where(*mine, Task.created_at >= first + (last - first) / 2)
            task = session.scalars(middle.order_by(Task.created_at, Task.id).limit(1)).one()
            return cursor_after(task, (Task.created_at, Task.id))

    def _predict(self) -> int:
        answer = self.busy.post(
            "/api/tasks/predict",
            json={"answers": PANEL, "model": USUAL_CLOCK, "chronological_age": 52},
        )
        predict.predict_queued()
        task = self.busy.get(answer.headers["Location"]).get_json()
        if task["status"] != "succeeded":
            raise RuntimeError(f"a prediction is {task['status']}: {task['error']}")
        return 1

    def _sweep(self) -> int:
        scheduler.sweep(connections.queue())
        scheduler.count(connections.queue())
        return 1

    def _begin_export(self) -> int:
        answer = self.busy.get("/api/auth/me/export")
        pieces = answer.iter_encoded()
        received = 0
        while received < 2000:
            received += len(next(pieces))
        answer.close()
        return 1

    def _export(self) -> int:
        answer = self.busy.get("/api/auth/me/export")
        tasks = 0
        for piece in answer.iter_encoded():
            tasks += piece.count(b'"attempts":')
        return tasks

    def _audit(self) -> int:
        with connections.sessions()() as session:
            report = audit(session)
        if report.differences:
            raise RuntimeError(f"the audit found {report.differences[0]}")
        return report.entries


def main() -> None:
    """Do what standard input says until it ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what jobs log is no answer
    service = MeasuredService()
    redis = connections.queue().redis
    with Heartbeat(redis, "bench", [*QUEUES, SCHEDULER]):
        print(json.dumps({"steps": [*service.steps]}), file=answers, flush=True)
        for line in sys.stdin:
            name, times = json.loads(line)
            seconds = []
            for _ in range(times):
                started = service.cpu_seconds()
                things = service.steps[name]()
                seconds.append((service.cpu_seconds() - started) / things)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(json.dumps({"seconds": seconds, "peak_mib": peak}), file=answers, flush=True)


if __name__ == "__main__":
    main()
