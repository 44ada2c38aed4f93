"""Base class of widgets that own background threads."""

from typing import Any

import ipywidgets as widgets


class ThreadedBox(widgets.VBox):
    """Closed, it asks for nothing more: a thread is over as soon as what it asks is answered."""

    _parts: tuple[Any, ...] = ()  # each has an `end`; none of a widget that was never finished

    def end(self) -> None:
        """Begin nothing more."""
        for part in self._parts:
            part.end()

    def close(self) -> None:
        """Take it off the page for good."""
        self.end()
        super().close()
