"""What is said of a panel beside its answers: pregnancy, acute illness, the baseline."""

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from agelens.languages import N_, _
from agelens.notebook.answers import Answer
from agelens.notebook.controls import Changed

CONTEXT, BASELINE, OWN_AGE = "context", "baseline", "own_age"
CONTEXT_LABELS = {
    "pregnant": N_("Pregnant"),
    "acutely_ill": N_("Acutely ill in the last two weeks"),
}
BASELINE_LABEL = N_("Explain against people of the same age, where the clock has a choice")
CONTEXT_TOOLTIP = N_(
    "Pregnancy and acute illness change biomarkers for a while: the result is not ranked."
)


class PanelContext(widgets.VBox):
    """Boxes to tick; none changes the estimate, so each needs a prediction of its own."""

    def __init__(self, changed: Changed) -> None:
        self._changed = changed
        self._setting = False
        boxes = {key: _box(_(label), _(CONTEXT_TOOLTIP)) for key, label in CONTEXT_LABELS.items()}
        self.contexts = boxes
        self.own_age = _box(_(BASELINE_LABEL), "")
        all_boxes = [*boxes.values(), self.own_age]
        for box in all_boxes:
            box.observe(self._ticked, "value")
        super().__init__(all_boxes, layout={"margin": "4px 0 8px 0", "flex": "0 0 auto"})

    @property
    def request(self) -> dict[str, Any]:
        """As the client takes it; what is not ticked is left out."""
        context = [key for key, box in self.contexts.items() if box.value]
        context_fields: dict[str, Any] = {CONTEXT: context} if context else {}
        return context_fields | ({BASELINE: OWN_AGE} if self.own_age.value else {})

    @property
    def state(self) -> dict[str, Answer]:
        """The same as single values, to be compared."""
        request = self.request
        context = {CONTEXT: " ".join(request[CONTEXT])} if CONTEXT in request else {}
        return {**context, **({BASELINE: OWN_AGE} if BASELINE in request else {})}

    def load(self, state: Mapping[str, Answer]) -> None:
        """Tick what a state says, and nothing else; tells nobody."""
        keys = str(state.get(CONTEXT) or "").split()
        self._setting = True
        try:
            for key, box in self.contexts.items():
                box.value = key in keys
            self.own_age.value = state.get(BASELINE) == OWN_AGE
        finally:
            self._setting = False

    def _ticked(self, _change: Any) -> None:
        if not self._setting:
            self._changed()


def context_state(context: tuple[str, ...], baseline: str | None) -> dict[str, Answer]:
    """What a task was asked with, as `PanelContext.state` tells it."""
    keys = " ".join(key for key in CONTEXT_LABELS if key in context)
    return {**({CONTEXT: keys} if keys else {}), **({BASELINE: baseline} if baseline else {})}


def _box(label: str, tooltip: str) -> widgets.Checkbox:
    return widgets.Checkbox(
        False, description=label, indent=False, tooltip=tooltip, layout={"width": "auto"}
    )
