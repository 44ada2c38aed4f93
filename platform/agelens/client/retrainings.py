"""Retraining clocks: for administrators, as part of `client.admin`."""

import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from agelens.client.connection import Resource
from agelens.client.decoding import decode, decoder
from agelens.client.model_shapes import Retraining, Schedule
from agelens.client.pages import Listing

RETRAININGS_PATH = "/api/admin/retrainings"
ANY_TYPE = "application/octet-stream"
POLL_SECONDS = 1.0


class Retrainings(Resource):
    """Notebooks that train a clock again, and when they are run."""

    def retrain(
        self,
        model: str,
        data: Path | str | None = None,
        *,
        validation: Path | str | None = None,
        version: str | None = None,
        idempotency_key: str | None = None,
    ) -> Retraining:
        """Run a clock's notebook on a file, or on the data that the service is configured with.

        `validation` is another file: beside `data` one to upload, else the name of a configured
        one. What the notebook makes is published as a new version and not activated.
        """
        fields = {"model": model, **({} if version is None else {"version": version})}
        if data is None:
            body = {**fields, **({} if validation is None else {"validation": str(validation)})}
            payload = self._connection.post(RETRAININGS_PATH, body, key=idempotency_key)
            return decode(Retraining, payload)
        files = {"data": data, **({} if validation is None else {"validation": validation})}
        paths = {name: Path(source).expanduser() for name, source in files.items()}
        with ExitStack() as opened:
            uploads = {
                name: (path.name, opened.enter_context(path.open("rb")), ANY_TYPE)
                for name, path in paths.items()
            }
            payload = self._connection.upload(
                RETRAININGS_PATH, fields, uploads, key=idempotency_key
            )
        return decode(Retraining, payload)

    def retraining(self, retraining_id: str) -> Retraining:
        """One retraining, as it is now."""
        return decode(Retraining, self._connection.get(_path(retraining_id)))

    def retrainings(
        self, *, status: str | None = None, model: str | None = None
    ) -> Listing[Retraining]:
        """Retrainings, newest first."""
        params = {"status": status, "model": model, "limit": 100}
        return Listing(self._connection, RETRAININGS_PATH, params, decoder(Retraining))

    def wait_for_retraining(self, retraining_id: str, *, timeout: float = 3600.0) -> Retraining:
        """A retraining once it has ended, however it did; TimeoutError when it goes on for longer."""
        deadline = time.monotonic() + timeout
        while not (retraining := self.retraining(retraining_id)).is_finished:
            if time.monotonic() > deadline:
                raise TimeoutError(f"Retraining {retraining_id} is still {retraining.status}")
            time.sleep(POLL_SECONDS)
        return retraining

    def retraining_notebook(self, retraining_id: str) -> bytes:
        """The notebook as it was executed, as far as it ran: an .ipynb file."""
        return self._connection.download(f"{_path(retraining_id)}/notebook")

    def cancel_retraining(self, retraining_id: str) -> Retraining:
        """End a queued or running retraining."""
        return decode(Retraining, self._connection.post(f"{_path(retraining_id)}/cancel"))

    def schedules(self) -> list[Schedule]:
        """Which clocks are retrained regularly, and when next."""
        return [
            decode(Schedule, payload)
            for payload in self._connection.pages(f"{RETRAININGS_PATH}/schedules")
        ]

    def schedule(self, model: str, *, every_hours: int) -> Schedule:
        """Retrain a clock every so many hours on the configured data."""
        payload = self._connection.put(_schedule_path(model), {"every_hours": every_hours})
        return decode(Schedule, payload)

    def unschedule(self, model: str) -> None:
        """Retrain a clock no more."""
        self._connection.delete(_schedule_path(model))


def _path(retraining_id: str) -> str:
    return f"{RETRAININGS_PATH}/{quote(retraining_id, safe='')}"


def _schedule_path(model: str) -> str:
    return f"{RETRAININGS_PATH}/schedules/{quote(model, safe='')}"
