"""The clock dropdown; a choice takes effect once the clock's example is loaded."""

from collections.abc import Callable, Mapping

import ipywidgets as widgets

from agelens.client import Client, Example, Model
from agelens.languages import _, translated_text
from agelens.notebook.latest_only_worker import LatestOnlyWorker


def clock_options(models: Mapping[str, Model]) -> list[tuple[str, str]]:
    """Clocks as a list to choose from, by what the service is asked for."""
    return [(f"{translated_text(model.title)} ({clock})", clock) for clock, model in models.items()]


class ClockPicker(widgets.Dropdown):
    """Fetches the example of what is picked in a thread, and goes back when that fails.

    `on_example` is handed what came, `changed` is told whenever it begins or ceases to wait.
    """

    def __init__(
        self,
        client: Client,
        models: Mapping[str, Model],
        clock: str,
        *,
        on_example: Callable[[str, Example], None],
        changed: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._client = client
        self._shown = clock
        self._awaited: str | None = None
        self._on_example, self._changed, self._failed = on_example, changed, failed
        self._example_worker = LatestOnlyWorker(self._load_example, failed)
        super().__init__(options=clock_options(models), value=clock, description=_("Clock"))
        self.layout.width = "96%"
        self.observe(lambda change: self._clock_picked(change["new"]), "value")

    @property
    def is_waiting(self) -> bool:
        """Whether another clock was picked than the one whose controls are shown."""
        return self._awaited is not None

    def show(self, name: str) -> None:
        """This clock's controls are shown now, whatever was picked before."""
        self._awaited, self._shown = None, name
        self.value = name

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Wait until no clock is awaited; whether that came within the time."""
        return self._example_worker.wait_until_idle(timeout_seconds)

    def end(self) -> None:
        """Await nothing any more."""
        self._example_worker.end()

    def _clock_picked(self, name: str) -> None:
        if name == self._shown:
            self._awaited = None
            self._example_worker.drop()
            self._changed()
        else:
            self._awaited = name
            self._changed()  # before it is fetched: what the thread tells comes later and stays
            self._example_worker.submit(name)

    def _load_example(self, name: str) -> None:
        """In a thread; meanwhile somebody may have picked another one, or opened a prediction."""
        try:
            example = self._client.models.example(name)
            if self._awaited == name:
                self._on_example(name, example)
        except Exception as error:  # whatever it is, the controls that are shown stay
            if self._awaited == name:
                self.show(self._shown)
                self._failed(error)
