"""The clock dropdown; a choice takes effect once the clock's example is loaded."""

from collections.abc import Callable, Mapping

import ipywidgets as widgets

from agelens.client import Client, Example, Model
from agelens.languages import _, translated_text
from agelens.notebook.latest_only_worker import Latest


def clock_options(models: Mapping[str, Model]) -> list[tuple[str, str]]:
    """Clocks as a list to choose from, by what the service is asked for."""
    return [(f"{translated_text(model.title)} ({asked})", asked) for asked, model in models.items()]


class ClockPicker(widgets.Dropdown):
    """Fetches the example of what is picked in a thread, and goes back when that fails.

    `brought` is handed what came, `changed` is told whenever it begins or ceases to wait.
    """

    def __init__(
        self,
        client: Client,
        models: Mapping[str, Model],
        first: str,
        *,
        brought: Callable[[str, Example], None],
        changed: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._client = client
        self._shown = first
        self._wished: str | None = None
        self._brought, self._changed, self._failed = brought, changed, failed
        self._bringing = Latest(self._bring, failed)
        super().__init__(options=clock_options(models), value=first, description=_("Clock"))
        self.layout.width = "96%"
        self.observe(lambda change: self._picked(change["new"]), "value")

    @property
    def is_waiting(self) -> bool:
        """Whether another clock was picked than the one whose controls are shown."""
        return self._wished is not None

    def show(self, name: str) -> None:
        """This clock's controls are shown now, whatever was picked before."""
        self._wished, self._shown = None, name
        self.value = name

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Wait until no clock is awaited; whether that came within the time."""
        return self._bringing.wait_until_idle(timeout_seconds)

    def end(self) -> None:
        """Await nothing any more."""
        self._bringing.end()

    def _picked(self, name: str) -> None:
        if name == self._shown:
            self._wished = None
            self._bringing.drop()
            self._changed()
        else:
            self._wished = name
            self._changed()  # before it is fetched: what the thread tells comes later and stays
            self._bringing.ask(name)

    def _bring(self, name: str) -> None:
        """In a thread; meanwhile somebody may have picked another one, or opened a prediction."""
        try:
            example = self._client.models.example(name)
            if self._wished == name:
                self._brought(name, example)
        except Exception as error:  # whatever it is, the controls that are shown stay
            if self._wished == name:
                self.show(self._shown)
                self._failed(error)
