"""Controls of the cohort view: file, clock, column names, buttons."""

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as widgets

from agelens.client import Model, Preview
from agelens.client.uploads import FORMAT_BY_EXTENSION
from agelens.languages import N_, _
from agelens.notebook.clock_picker import clock_options
from agelens.notebook.html_text import credits_text, text_div

COLUMNS = ("agelens", "kaggle", "bioage-r")
ACCEPTED = ",".join(FORMAT_BY_EXTENSION)
# Jupyter by itself cuts the connection to a kernel that is sent more; `agelens lab` lets 256 MiB pass.
LARGE_FILE_HINT = N_('For files over 10 MB, pass the path: CohortView(client, "people.parquet")')
WIDE = {"width": "96%"}


class CohortControls(widgets.VBox):
    """`edited` is told when what was checked does not stand here any more."""

    def __init__(
        self,
        models: Iterable[Model],
        *,
        edited: Callable[[], None],
        check: Callable[[], None],
        score: Callable[[], None],
        cancel: Callable[[], None],
    ) -> None:
        self.upload = widgets.FileUpload(
            accept=ACCEPTED, multiple=False, description=_("Choose a file")
        )
        self.upload.layout.width = "auto"
        self.model = widgets.Dropdown(
            options=clock_options({model.name: model for model in models}),
            description=_("Clock"),
            layout=WIDE,
        )
        self.columns = widgets.Dropdown(options=COLUMNS, description=_("Columns"), layout=WIDE)
        self.check_button = _button(_("Check"), check)
        self.score_button = _button(_("Score"), score, button_style="primary", disabled=True)
        self.cancel_button = _button(_("Cancel"), cancel, disabled=True)
        for widget in (self.model, self.columns, self.upload):
            widget.observe(lambda _: edited(), "value")
        self.file = widgets.HBox([self.upload, widgets.HTML(text_div(_(LARGE_FILE_HINT), "faint"))])
        self.file.layout.flex_flow, self.file.layout.align_items = "row wrap", "center"
        buttons = widgets.HBox([self.check_button, self.score_button, self.cancel_button])
        super().__init__([self.file, self.model, self.columns, buttons])

    @property
    def options(self) -> dict[str, Any]:
        """The clock and the names, as a draft takes them."""
        return {"model": self.model.value, "columns": self.columns.value}

    def choose(self, clock: str | None, columns: str | None) -> None:
        """A cohort from elsewhere has its own clock and names of columns."""
        if clock in {name for _, name in self.model.options}:
            self.model.value = clock
        if columns in COLUMNS:
            self.columns.value = columns

    def allow(self, *, asking: bool, preview: Preview | None, canceling: bool) -> None:
        """What can be pressed now: Score what was checked, if a row of it can be scored."""
        for widget in (self.upload, self.model, self.columns, self.check_button):
            widget.disabled = not asking
        self.score_button.description = (
            _("Score ({price})", price=credits_text(preview.price)) if preview else _("Score")
        )
        self.score_button.disabled = not (asking and preview and preview.readable_rows)
        self.cancel_button.disabled = not canceling


def _button(name: str, pressed: Callable[[], None], **options: Any) -> widgets.Button:
    button = widgets.Button(description=name, layout={"width": "auto"}, **options)
    button.on_click(lambda _: pressed())
    return button
