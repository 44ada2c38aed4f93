"""The cohort view's draft: data is uploaded once and previewed with any options."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from agelens.client import Client, ClientError, Cohort, Conflict, NotFound, Preview
from agelens.languages import N_
from agelens.notebook.cohort_source import CohortSource

TOO_MANY_DRAFTS_HINT = N_(
    "Drafts are deleted after a day. To delete them now: "
    '[draft.delete() for draft in client.cohorts.page(status="draft").items]'
)


class CohortDraft:
    """Keeps one, for the service keeps few: what it has sent it takes away when others are sent."""

    def __init__(self, client: Client) -> None:
        self.cohort: Cohort | None = None
        self._client = client
        self._fingerprint: object = None
        self._is_own = False

    def adopt(self, cohort: Cohort) -> None:
        """Look at a draft from elsewhere, which is not ours to take away."""
        self.cohort, self._fingerprint, self._is_own = cohort, None, False

    def release(self) -> None:
        """It is no draft any more."""
        self.cohort, self._fingerprint = None, None

    def preview(self, people: CohortSource | None, options: Mapping[str, Any]) -> Preview:
        """How these people would be read; without people, those of the draft that is there."""
        if self.cohort is not None and (people is None or people.fingerprint == self._fingerprint):
            try:
                return self.cohort.preview(**options)
            except (NotFound, Conflict):  # run or deleted elsewhere, or too old
                self.release()
                if people is None:
                    raise
        if people is None:
            raise LookupError("there is no draft, and nobody to send")
        return self._submit(people, options).preview(**options)

    def _submit(self, people: CohortSource, options: Mapping[str, Any]) -> Cohort:
        if self.cohort is not None and self._is_own:
            with suppress(ClientError):
                self.cohort.delete()
        self.release()
        try:
            cohort = self._client.cohorts.submit(
                people.data, draft=True, **options, **people.options
            )
        except Conflict as error:  # such as those of cells that were run again
            error.add_note(TOO_MANY_DRAFTS_HINT)
            raise
        self.cohort, self._fingerprint, self._is_own = cohort, people.fingerprint, True
        return cohort
