"""What the rows measure on: a person with credits, and a queue of jobs that do nothing."""

import secrets
import time
from collections.abc import Callable
from types import SimpleNamespace

from agelens.client import Client
from agelens.commands.stack import Stack
from agelens.queueing import PREDICT, JobQueue
from agelens.queueing.heartbeat import alive
from agelens.storage.engine import open_engine
from sqlalchemy import text

from benchmarks import noop

QUEUES = SimpleNamespace(ours=PREDICT.queue, noop=noop.QUEUE)
MODEL = "kaggle-age"
PANEL = {
    "sex": "female",
    "systolic_bp": 138,
    "diastolic_bp": 92,
    "total_cholesterol": 6.1,
    "glucose": 6.3,
    "bone_density": 0.9,
    "vision_sharpness": 0.5,
    "hearing_ability": 44,
    "cognitive_function": 58,
    "smoking_status": "former",
}
CREDITS = 1_000_000
PATIENCE_SECONDS = 120.0
WARM_UP = 20
NOOP_LOOK_SECONDS = 0.001


class WarmStack:
    """A running stack, warmed up: `queue` is for jobs that do nothing, `client` for predictions."""

    def __init__(self, stack: Stack, *, workers: int) -> None:
        """Register somebody, give them credits, and let every process do something once."""
        self.stack = stack
        redis_url = str(stack.settings.redis_url)
        self.queue = JobQueue(redis_url, job_timeout_seconds=stack.settings.lease_seconds)
        self.until(
            lambda: all(len(alive(self.queue.redis, q)) >= workers for q in vars(QUEUES).values())
        )
        with Client(stack.url) as stranger:
            stranger.register("bench@agelens.example", "measure twice")
            self._token = stranger.login("bench@agelens.example", "measure twice").access_token
        self.client = self.another_client()
        while self.client.wallet.balance < CREDITS:
            self.client.wallet.topup(stack.settings.topup_cap)
        for _ in range(WARM_UP):
            self.client.predict(PANEL, model=MODEL)
            self.run_noop()

    def close(self) -> None:
        """Let the sockets go."""
        self.client.close()
        self.queue.redis.close()

    def another_client(self) -> Client:
        """A client of the same person with a connection of its own."""
        return Client(self.stack.url, self._token)

    def another_person(self) -> Client:
        """A client of somebody else, who has credits of their own."""
        name = f"{secrets.token_hex(6)}@agelens.example"
        person = Client(self.stack.url)
        person.register(name, "measure twice")
        person.login(name, "measure twice")
        person.wallet.topup(self.stack.settings.topup_cap)
        return person

    def queued_tasks(self) -> int:
        """How many tasks wait."""
        engine = open_engine(str(self.stack.settings.database_url))
        with engine.connect() as connection:
            waiting = text("select count(*) from tasks where status = 'queued'")
            count = int(connection.execute(waiting).scalar_one())
        engine.dispose()
        return count

    def run_noop(self) -> None:
        """One no-op from enqueue to finished, looked at so often that waiting adds next to nothing."""
        job_id = noop.enqueue(self.queue)
        self.until(
            lambda: noop.unfinished(self.queue, [job_id]) == 0, every_seconds=NOOP_LOOK_SECONDS
        )

    @staticmethod
    def until(condition: Callable[[], bool], *, every_seconds: float = 0.02) -> None:
        """Wait for something that must come true."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("what was measured did not finish")
            time.sleep(every_seconds)
