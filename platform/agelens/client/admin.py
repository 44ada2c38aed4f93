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
from agelens.client.shapes import AdminUser, ResetLink, Transaction


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

    def reset_link(self, user: str, *, idempotency_key: str | None = None) -> ResetLink:
        """Make a link that sets a new password for a user, named by id or e-mail address.

        It works once, for an hour; hand it over in private. It is known in this answer only.
        """
        path = f"/api/admin/users/{quote(user, safe='')}/reset-link"
        return decode(ResetLink, self._connection.post(path, key=idempotency_key))

    def user(self, user: str) -> AdminUser:
        """One person with their wallet, named by id or e-mail address."""
        return decode(AdminUser, self._connection.get(_user_path(user)))

    def set_role(self, user: str, role: str) -> AdminUser:
        """Make somebody an "admin", or a "user" again; Conflict for oneself and for the last one."""
        return decode(AdminUser, self._connection.patch(_user_path(user), {"role": role}))

    def block(self, user: str) -> AdminUser:
        """Shut somebody out: tokens, logins and read-only links stop at once; what runs is finished."""
        return decode(AdminUser, self._connection.post_once_more(f"{_user_path(user)}/block"))

    def unblock(self, user: str) -> AdminUser:
        """Let somebody in again, with the tokens that they had."""
        return decode(AdminUser, self._connection.post_once_more(f"{_user_path(user)}/unblock"))

    def transactions(self, *, user: str | None = None) -> Listing[Transaction]:
        """Everybody's ledger entries, or those of one person (id or e-mail address), newest first."""
        params = {"user": user, "limit": 100}
        return Listing(self._connection, "/api/admin/transactions", params, decoder(Transaction))

    def transactions_page(
        self, *, user: str | None = None, cursor: str | None = None, limit: int = 25
    ) -> Page[Transaction]:
        """Some of everybody's ledger entries, newest first, from where `cursor` says."""
        params = {"user": user, "cursor": cursor, "limit": limit}
        path = "/api/admin/transactions"
        return page_of(self._connection, path, params, decoder(Transaction))

    def tasks(
        self, *, status: str | None = None, model: str | None = None, user: str | None = None
    ) -> Listing[Task]:
        """Everybody's tasks, newest first; `user` is one person's id or e-mail address."""
        params = {"status": status, "model": model, "user": user, "limit": 100}
        return Listing(self._connection, "/api/admin/tasks", params, decoder(Task))

    def tasks_page(
        self,
        *,
        status: str | None = None,
        model: str | None = None,
        user: str | None = None,
        cursor: str | None = None,
        limit: int = 25,
    ) -> Page[Task]:
        """Some of everybody's tasks, newest first, from where `cursor` says."""
        params = {"status": status, "model": model, "user": user, "cursor": cursor, "limit": limit}
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
        path = Path(bundle).expanduser()
        content = _zip_of(path) if path.is_dir() else path.read_bytes()
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

    def activity(self, period: str = "24h") -> wire.Activity:
        """What happened in the last "24h", "7d" or "30d": predictions, waits, credits, the queue's depth."""
        params = {"period": period}
        return decode(wire.Activity, self._connection.get("/api/admin/activity", params))

    def drift(self, name: str) -> wire.Drift:
        """How the latest inputs of a clock differ from those before and from its training data."""
        path = f"/api/admin/ml-models/{quote(name, safe='')}/drift"
        return decode(wire.Drift, self._connection.get(path))


def _user_path(user: str) -> str:
    return f"/api/admin/users/{quote(user, safe='')}"


@dataclass(frozen=True)
class _ShippedUpdates:
    newer_shipped: tuple[wire.ShippedUpdate, ...] = ()  # an older service tells none


def _zip_of(directory: Path) -> bytes:
    """The files of a bundle as one zip, the same bytes each time so that a retry is the same request."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(directory.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
    return buffer.getvalue()
