"""What administrators can do."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from agelens import wire
from agelens.client.cohort_shapes import AdminCohort
from agelens.client.decoding import decode, decoder
from agelens.client.model_shapes import ModelVersion
from agelens.client.pages import Listing, Page, page_of
from agelens.client.results import Task
from agelens.client.retrainings import Retrainings
from agelens.client.shapes import AdminUser, Transaction


class Admin(Retrainings):
    """People, credits, tasks, cohorts, clocks, retrainings and queues of the whole service: `client.admin`."""

    def users(self, *, email: str | None = None) -> Listing[AdminUser]:
        """People with their wallets, newest first; `email` is part of an address."""
        params = {"email": email, "limit": 100}
        return Listing(self._connection, "/api/admin/users", params, decoder(AdminUser))

    def users_page(
        self, *, email: str | None = None, cursor: str | None = None, limit: int = 25
    ) -> Page[AdminUser]:
        """Some of the people, newest first, from where `cursor` says."""
        params = {"email": email, "cursor": cursor, "limit": limit}
        return page_of(self._connection, "/api/admin/users", params, decoder(AdminUser))

    def topup(self, user: str, amount: int, *, idempotency_key: str | None = None) -> Transaction:
        """Add credits to the wallet of a user, named by id or e-mail address."""
        path = f"/api/admin/wallets/{quote(user, safe='')}/topup"
        answer = self._connection.post(path, {"amount": amount}, key=idempotency_key)
        return decode(Transaction, answer)

    def transactions(self) -> Listing[Transaction]:
        """Everybody's ledger entries, newest first."""
        params = {"limit": 100}
        return Listing(self._connection, "/api/admin/transactions", params, decoder(Transaction))

    def transactions_page(self, *, cursor: str | None = None, limit: int = 25) -> Page[Transaction]:
        """Some of everybody's ledger entries, newest first, from where `cursor` says."""
        params = {"cursor": cursor, "limit": limit}
        path = "/api/admin/transactions"
        return page_of(self._connection, path, params, decoder(Transaction))

    def tasks(self, *, status: str | None = None, model: str | None = None) -> Listing[Task]:
        """Everybody's tasks, newest first."""
        params = {"status": status, "model": model, "limit": 100}
        return Listing(self._connection, "/api/admin/tasks", params, decoder(Task))

    def tasks_page(
        self,
        *,
        status: str | None = None,
        model: str | None = None,
        cursor: str | None = None,
        limit: int = 25,
    ) -> Page[Task]:
        """Some of everybody's tasks, newest first, from where `cursor` says."""
        params = {"status": status, "model": model, "cursor": cursor, "limit": limit}
        return page_of(self._connection, "/api/admin/tasks", params, decoder(Task))

    def cohorts(
        self, *, status: str | None = None, user: str | None = None
    ) -> Listing[AdminCohort]:
        """Everybody's cohorts, newest first; `user` is one person's id or e-mail address."""
        params = {"status": status, "user": user, "limit": 100}
        return Listing(self._connection, "/api/admin/cohorts", params, decoder(AdminCohort))

    def cohorts_page(
        self,
        *,
        status: str | None = None,
        user: str | None = None,
        cursor: str | None = None,
        limit: int = 25,
    ) -> Page[AdminCohort]:
        """Some of everybody's cohorts, newest first, from where `cursor` says."""
        params = {"status": status, "user": user, "cursor": cursor, "limit": limit}
        return page_of(self._connection, "/api/admin/cohorts", params, decoder(AdminCohort))

    def cancel_cohort(self, cohort_id: str) -> AdminCohort:
        """End somebody's queued or running cohort without results; its hold is released."""
        path = f"/api/admin/cohorts/{quote(cohort_id, safe='')}/cancel"
        return decode(AdminCohort, self._connection.post(path))

    def models(self) -> Listing[ModelVersion]:
        """Every published version of every clock."""
        return Listing(self._connection, "/api/admin/ml-models", {}, decoder(ModelVersion))

    def newer_shipped(self) -> tuple[wire.ShippedUpdate, ...]:
        """Clocks that came with the service's release and are newer than their active version."""
        answer = self._connection.get("/api/admin/ml-models")
        return decode(_ShippedUpdates, answer).newer_shipped

    def publish(self, bundle: Path | str, *, force: bool = False) -> ModelVersion:
        """Publish a bundle: its directory, or the zip of it.

        One whose headline figure is worse than the active version's, or that has none to compare,
        is a Conflict unless forced.
        """
        place = Path(bundle).expanduser()
        content = _zipped(place) if place.is_dir() else place.read_bytes()
        headers = {"Content-Type": "application/zip"}
        answer = self._connection.post_content(
            "/api/admin/ml-models", content=content, headers=headers, params={"force": force}
        )
        return decode(ModelVersion, answer)

    def activate(self, name: str, version: str) -> ModelVersion:
        """Let new tasks use this version."""
        path = f"/api/admin/ml-models/{quote(name, safe='')}/activate"
        answer = self._connection.post(path, {"version": version})
        return decode(ModelVersion, answer)

    def roll_back(self, name: str) -> ModelVersion:
        """Return to the version that was active before."""
        answer = self._connection.post(f"/api/admin/ml-models/{quote(name, safe='')}/rollback")
        return decode(ModelVersion, answer)

    def queues(self) -> wire.Queues:
        """What waits, which workers are alive, and how many tasks are under way."""
        return decode(wire.Queues, self._connection.get("/api/admin/queues"))


@dataclass(frozen=True)
class _ShippedUpdates:
    newer_shipped: tuple[wire.ShippedUpdate, ...] = ()  # an older service tells none


def _zipped(directory: Path) -> bytes:
    """The files of a bundle as one zip, the same bytes each time so that a retry is the same request."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(directory.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
    return buffer.getvalue()
