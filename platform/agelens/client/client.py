"""`Client`: one service, as one person; its resources are attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

import httpx

from agelens import wire
from agelens.client.accounts import Devices, Passwords, Profiles, Tokens
from agelens.client.assessments import Assessment, Assessments, PanelCheck
from agelens.client.connection import LOGIN_PATH, Connection
from agelens.client.conversions import needs_notebook
from agelens.client.decoding import decode
from agelens.client.drafts import Drafts
from agelens.client.errors import Unauthenticated
from agelens.client.inputs import ValueMaps, keywords_of
from agelens.client.predictions import Predictions
from agelens.client.shapes import AccessToken, AccountOptions, User
from agelens.client.wallet import Wallet

if TYPE_CHECKING:  # loaded with the attribute that is first asked for
    from agelens.client.admin import Admin
    from agelens.client.cohorts import Cohorts
    from agelens.client.models import Models
    from agelens.client.reports import ReportImport, Source
    from agelens.client.retrainings import Retrainings
    from agelens.client.sharing import Shareable, SharedLink, SharedLinks
    from agelens.client.timeline import Timeline
    from agelens.client.uploads import ArrowFrame


class Client(Predictions):
    """Talks to one AgeLens service, as one person.

    `base_url` and `token` default to AGELENS_URL and AGELENS_TOKEN. `timeout` is for one answer,
    `patience` for a call with all its retries; both in seconds, and with a patience of 0 nothing is
    tried twice. `transport` is httpx's; several clients may share one, so who made it closes it.
    """

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 30.0,
        patience: float = 60.0,
    ) -> None:
        connection = Connection(
            base_url,
            token,
            transport=transport,
            timeout_seconds=timeout,
            patience_seconds=patience,
        )
        super().__init__(connection)
        self.tokens = Tokens(self._connection)
        self.devices = Devices(self._connection)
        self.password = Passwords(self._connection)
        self.profile = Profiles(self._connection)
        self.wallet = Wallet(self._connection)
        self.drafts = Drafts(self._connection)
        self.assessments = Assessments(self._connection)

    @cached_property
    def models(self) -> Models:
        """The clocks."""
        from agelens.client.models import Models

        return Models(self._connection)

    @cached_property
    def shared_links(self) -> SharedLinks:
        """One's read-only links to results."""
        from agelens.client.sharing import SharedLinks

        return SharedLinks(self._connection)

    @cached_property
    def timeline(self) -> Timeline:
        """One's results over time."""
        from agelens.client.timeline import Timeline

        return Timeline(self._connection)

    @cached_property
    def cohorts(self) -> Cohorts:
        """Files of many people."""
        from agelens.client.cohorts import Cohorts

        return Cohorts(self._connection)

    @cached_property
    def admin(self) -> Admin:
        """What administrators may do."""
        from agelens.client.admin import Admin

        return Admin(self._connection)

    @property
    def trainings(self) -> Retrainings:
        """Retrainings of clocks."""
        return self.admin

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._connection.base_url!r})"

    def close(self) -> None:
        """Close the connections, unless they are of a transport that was given."""
        self._connection.close()

    @keywords_of(wire.CommonPanelFields)
    def assess(
        self,
        answers: Mapping[str, object],
        models: Sequence[str] | str | None = None,
        *,
        timeout: float = 120.0,
        idempotency_key: str | None = None,
        **fields: Unpack[wire.CommonPanelFields],
    ) -> Assessment:
        """Have one panel scored by several clocks, and wait until each has ended.

        The sum of their prices is held, or nothing; each clock gets those of the answers that it
        takes, and is charged by itself when it has a result. A clock that fails has no result and
        costs nothing; look at `tasks`.

        Parameters
        ----------
        answers : mapping of str to number or str
            As of `predict`.
        models : sequence of str, optional
            Clocks, by name or `name@version`, which must all be able to score the panel; "ready" for
            all active ones that can, the others being in `not_run`; the default clock when absent.
        units, chronological_age, measured_on, context, baseline, idempotency_key
            As of `predict`.
        timeout : float
            Seconds to wait for all results.

        Raises
        ------
        InvalidInput
            Naming answers that cannot be used, and what a named clock lacks.
        InsufficientCredits
            If the sum is not available.
        WaitTimeout
            If a task does not end in time; `client.assessments[id]` finds the rest again.
        """
        key = idempotency_key
        assessment_id = self.assessments.submit(answers, models, idempotency_key=key, **fields)
        return self.assessments.wait(assessment_id, timeout=timeout)

    @keywords_of(wire.CommonPanelFields)
    def check(
        self, answers: Mapping[str, object], **fields: Unpack[wire.CommonPanelFields]
    ) -> PanelCheck:
        """What every active clock would make of a panel, complete or not; free, and not kept.

        The keywords are those of `assess`.

        Raises
        ------
        InvalidInput
            Naming answers that no clock takes.
        """
        return self.assessments.check(answers, **fields)

    def predict_frame(
        self,
        people: ArrowFrame,
        *,
        model: str | None = None,
        units: Mapping[str, str] | None = None,
        columns: str = "agelens",
        mapping: Mapping[str, str] | None = None,
        values: ValueMaps | None = None,
        censored: str | None = None,
        accept_suggestions: bool = False,
        contributions: bool = True,
        progress: bool = True,
        idempotency_key: str | None = None,
    ) -> Any:
        """Explained ages of a frame of people, in the same kind and order, with pandas' index.

        Columns: prediction, interval_low, interval_high, base_value, age_gap (and how it ranks),
        contribution:<feature>, warnings, error. A row that cannot be scored has an error, no
        numbers, and is not charged. It is one cohort: `client.cohorts[id]` finds it again, also
        after an interruption; its id is in `.attrs["cohort_id"]` of a frame of pandas, and it is
        the newest of `client.cohorts`. Columns that the clock does not read are told in a warning
        and not sent.

        Parameters
        ----------
        people : frame of shape (n_people, n_columns)
            Of pandas, polars or pyarrow, or anything with `__arrow_c_stream__`, such as a relation of
            DuckDB, which is answered with a pyarrow Table. A row per person; numbers in canonical
            units but for `units`.
        model : str, optional
            A clock by its name, or `name@version` for any published version; the default
            one when absent.
        units : mapping of str to str, optional
            A biomarker's key to the unit of its column.
        columns : str
            Whose names the columns have: agelens, kaggle or bioage-r.
        mapping : mapping of str to str, optional
            Other columns: a column's name to what it answers, a biomarker's key or chronological_age.
        values : mapping of str to mapping of str to str, optional
            What codes stand for, by key or column: {"sex": {"1": "male", "2": "female"}}.
        censored : str, optional
            `limit`: cells such as "<0.3" are read as their limit, with a warning; else they are errors.
        accept_suggestions : bool
            Read columns in the units that their medians suggest.
        contributions : bool
            Whether each biomarker's years are wanted, too.
        progress : bool
            Whether a bar shows how many rows are done.
        idempotency_key : str, optional
            Of your making: whoever asks again with it within a day, such as a cell that is run
            twice, gets the same answers and pays once. Without one, every call is paid.

        Raises
        ------
        InvalidInput
            If the columns cannot be read so, or one is missing that every row needs.
        InsufficientCredits
            If the price of all rows is not available; nothing is charged.
        """
        with needs_notebook("A frame"):
            from agelens.client import frame_predictions
        options = frame_predictions.FrameOptions(
            model,
            columns,
            dict(mapping or {}),
            dict(units or {}),
            dict(values or {}),
            censored,
            accept_suggestions,
        )
        return frame_predictions.predict(
            self.cohorts,
            self.models,
            people,
            options,
            contributions=contributions,
            progress=progress,
            idempotency_key=idempotency_key,
        )

    def import_report(self, report: Source) -> ReportImport:
        """Read one person's laboratory report into answers with their units; free, and not kept.

        Look at it first (`found`, `not_understood`, `warnings`), then predict:
        `client.predict(r.answers, units=r.units, chronological_age=r.chronological_age)`. It may
        have more biomarkers than a clock reads.

        Parameters
        ----------
        report : path, str, bytes, mapping or list
            A file, the text itself, or FHIR R4 (a Bundle, an Observation, a list of them) as JSON.
            Text is lines such as "Albumin 4.2 g/dL", or CSV of one person; a workbook has such
            rows in its cells.

        Raises
        ------
        InvalidInput
            If it is no report of one person.
        """
        from agelens.client.reports import import_report

        return import_report(self._connection, report)

    def register(self, email: str, password: str) -> User:
        """Create an account; log in afterwards."""
        body = {"email": email, "password": password}
        return decode(User, self._connection.post("/api/auth/register", body))

    def login(self, email: str, password: str) -> AccessToken:
        """Log in; this client uses the token from now on."""
        body = {"email": email, "password": password}
        token = decode(AccessToken, self._connection.post_once_more(LOGIN_PATH, body))
        self._connection.token = token.access_token
        return token

    def logout(self) -> None:
        """Revoke the token that this client uses."""
        with suppress(Unauthenticated):  # it is revoked or expired already
            self._connection.post_once_more("/api/auth/logout")
        self._connection.token = None

    def logout_everywhere(self) -> None:
        """End every login and every personal token, also the one that this client uses."""
        with suppress(Unauthenticated):  # an earlier attempt whose answer was lost did it
            self._connection.post_once_more("/api/auth/logout-everywhere")
        self._connection.token = None

    def options(self) -> AccountOptions:
        """With how many credits a new account starts, and who helps with a forgotten password."""
        return decode(AccountOptions, self._connection.get("/api/auth/options"))

    def share(self, shown: Shareable, *, days: int = 7) -> SharedLink:
        """Make a read-only link to a result, a task or an assessment.

        Whoever has its `url` sees the answers and the result without a login, until it expires or
        is revoked (`client.shared_links.revoke`).

        Parameters
        ----------
        shown : Result, Task or Assessment
            Finished, and one's own.
        days : int
            1, 7, 30 or 90.

        Raises
        ------
        Conflict
            If there is no result yet, or as many links to it as one may have.
        """
        return self.shared_links.create(shown, days=days)

    def me(self) -> User:
        """Who is logged in."""
        return decode(User, self._connection.get("/api/auth/me"))

    def export(self) -> dict[str, wire.Json]:
        """Everything that the service keeps about oneself."""
        return decode(dict[str, wire.Json], self._connection.get("/api/auth/me/export"))

    def export_stream(self) -> AbstractContextManager[Iterator[bytes]]:
        """The JSON of `export`, piece by piece, however much it is; whoever stops early ends it."""
        return self._connection.streamed("/api/auth/me/export", {})

    def erase(self) -> None:
        """Have one's answers, results, tokens and name erased. This cannot be undone."""
        self._connection.delete("/api/auth/me")
        self._connection.token = None

    def biomarkers(self) -> list[wire.Biomarker]:
        """The registry: every biomarker with its units and ranges."""
        return decode(list[wire.Biomarker], list(self._connection.pages("/api/biomarkers")))
