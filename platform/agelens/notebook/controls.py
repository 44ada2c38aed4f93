"""One answer: a number on a slider and in a box, or one of several choices."""

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from agelens import charts
from agelens.notebook.ranges import range_of, written
from agelens.notebook.units import Feature, canonical, in_unit, unit_of

Changed = Callable[[], None]
Answer = float | str | None
REQUIRED = "needed"


class Control(widgets.VBox):
    """What both kinds share: the feature, its answer, and what is wrong with it."""

    def __init__(self, feature: Feature, row: list[widgets.Widget], changed: Changed) -> None:
        self.feature = feature
        self.changed = changed
        self._words = ""
        self._problem = widgets.HTML(layout={"display": "none"})
        line = widgets.HBox(row, layout={"align_items": "center"})
        super().__init__([line, self._problem], layout={"margin": "0 0 4px 0", "flex": "0 0 auto"})

    @property
    def label(self) -> str:
        """Its name, and whether the clock needs it."""
        return label(self.feature)

    @property
    def problem(self) -> str:
        """What the service said is wrong with it."""
        return self._words

    @problem.setter
    def problem(self, words: str) -> None:
        self._words = words
        shown = f'<div class="agelens-problem" role="alert">{escape(words)}</div>'
        self._problem.value = shown if words else ""
        self._problem.layout.display = None if words else "none"


def label(feature: Feature) -> str:
    """A feature's name, and whether the clock needs it."""
    return f"{feature['label']} ({REQUIRED})" if feature["required"] else str(feature["label"])


class NumberControl(Control):
    """A number; the canonical value is kept, so that another unit changes nothing but what is shown."""

    def __init__(self, feature: Feature, changed: Changed) -> None:
        self._value: float | None = None  # canonical; kept while it is not measured
        self._setting = False
        name = label(feature)
        self.measured = widgets.Checkbox(
            False, description=name, indent=False, tooltip=f"Measured: {name}", layout=_LABEL
        )
        self.slider = widgets.FloatSlider(
            readout=False, tooltip=name, layout={"flex": "1 1 60px", "min_width": "60px"}
        )
        self.box = widgets.FloatText(tooltip=name, layout={"width": "72px", "flex": "0 0 auto"})
        self.unit = _units(feature)
        super().__init__(feature, [self.measured, self.slider, self.box, self.unit], changed)
        self._show()
        self.measured.observe(self._ticked, "value")
        self.slider.observe(self._moved, "value")
        self.box.observe(self._moved, "value")
        self.unit.observe(self._switched, "value")

    @property
    def value(self) -> float | None:
        """The canonical value; None when it is not measured."""
        return self._value if self.measured.value else None

    @property
    def answer(self) -> float | None:
        """The value in the unit that is shown."""
        shown = self.value
        return None if shown is None else round(in_unit(self.feature, shown, self.unit.value), 10)

    def told(self, value: float) -> str:
        """A canonical value as a laboratory prints it, in the unit that is shown."""
        unit = self.unit.value
        return charts.value_text({"value": in_unit(self.feature, value, unit), "unit": unit})

    def set(self, value: Answer, unit: str | None = None) -> None:
        """Show a canonical value, in another unit if one is named; tells nobody."""
        self._value = self._value if value is None else float(value)
        known = [each["unit"] for each in self.feature["units"]]
        self._quietly(measured=value is not None, unit=unit if unit in known else None)

    def _quietly(self, *, measured: bool, unit: str | None = None) -> None:
        self._setting = True
        try:
            self.measured.value = measured
            if unit is not None:
                self.unit.value = unit
            self._show()
        finally:
            self._setting = False

    def _show(self) -> None:
        """Slider and box at the value; a middle one while there is none."""
        unit = self.unit.value
        found = range_of(self.feature, unit, self._value)
        at = (found.low + found.high) / 2
        if self._value is not None:
            at = written(self.feature, self._value, unit)
        with self.slider.hold_trait_notifications():
            self.slider.min, self.slider.max, self.slider.step = found.low, found.high, found.step
            self.slider.value = at
        self.box.step = found.step
        self.box.value = round(at, found.decimals)
        for widget in (self.slider, self.box):
            widget.disabled = not self.measured.value

    def _ticked(self, change: Any) -> None:
        if self._setting:
            return
        if self._value is None:
            self._value = canonical(self.feature, self.box.value, self.unit.value)
        self._quietly(measured=bool(change["new"]))
        self.changed()

    def _moved(self, change: Any) -> None:
        if self._setting:
            return
        self._value = canonical(self.feature, change["new"], self.unit.value)
        self._quietly(measured=True)
        self.changed()

    def _switched(self, change: Any) -> None:
        if not self._setting:
            self._quietly(measured=bool(self.measured.value))


class ChoiceControl(Control):
    """One of several answers, or none."""

    def __init__(self, feature: Feature, changed: Changed) -> None:
        name = label(feature)
        options = [("not measured", None), *((_in_words(c), c) for c in feature["choices"])]
        self.choice = widgets.Dropdown(
            options=options, tooltip=name, layout={"width": "180px", "flex": "0 0 auto"}
        )
        super().__init__(feature, [widgets.Label(name, layout=_LABEL), self.choice], changed)
        self._setting = False
        self.choice.observe(self._chosen, "value")

    @property
    def value(self) -> str | None:
        """The choice; None when it is not known."""
        chosen: str | None = self.choice.value
        return chosen

    @property
    def answer(self) -> str | None:
        """The same: choices have no units."""
        return self.value

    def set(self, value: Answer, unit: str | None = None) -> None:
        """Choose; tells nobody."""
        self._setting = True
        try:
            self.choice.value = value if value in self.feature["choices"] else None
        finally:
            self._setting = False

    def _chosen(self, change: Any) -> None:
        if not self._setting:
            self.changed()


_LABEL = {"width": "160px", "flex": "1 1 160px", "min_width": "120px"}


def control_of(feature: Feature, changed: Changed) -> NumberControl | ChoiceControl:
    """The control that a feature needs."""
    kind = ChoiceControl if feature["kind"] == "choice" else NumberControl
    return kind(feature, changed)


def _units(feature: Feature) -> widgets.Dropdown:
    """A unit box; with one unit there is nothing to choose."""
    options = [(charts.printed(unit["unit"]), unit["unit"]) for unit in feature["units"]]
    name = f"Unit of {feature['label']}"
    first = unit_of(feature, None)["unit"]
    return widgets.Dropdown(
        options=options, value=first, disabled=len(options) == 1, tooltip=name,
        layout={"width": "92px", "flex": "0 0 auto"},
    )  # fmt: skip


def _in_words(choice: str) -> str:
    return choice[:1].upper() + choice[1:].replace("_", " ")
