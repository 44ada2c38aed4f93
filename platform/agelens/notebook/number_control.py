"""The control of a number: slider, box and unit."""

from typing import Any

import ipywidgets as widgets

from agelens import charts
from agelens.client.units import Feature, canonical, decimals, in_unit, unit_of
from agelens.notebook.answers import Answer
from agelens.notebook.controls import LABEL_LAYOUT, Changed, Control, label
from agelens.notebook.slider_ranges import Range, range_of, written
from agelens.notebook.styles import named


class NumberControl(Control):
    """A number; the canonical value is kept, so that another unit changes nothing but what is shown."""

    def __init__(self, feature: Feature, changed: Changed) -> None:
        self.feature = feature
        self._value: float | None = None  # canonical; kept while it is not measured
        self._setting = False
        name = label(feature)
        self.measured = widgets.Checkbox(
            False, description=name, indent=False, tooltip=f"Measured: {name}", layout=LABEL_LAYOUT
        )
        self.box = named(widgets.FloatText(layout={"width": "72px", "flex": "0 0 auto"}), name)
        self.unit = _units(feature)
        self.slider = self._new_slider(range_of(feature, self.unit.value), disabled=True)
        super().__init__(feature, [self.measured, self.slider, self.box, self.unit], changed)
        self._quietly(measured=False)
        self.measured.observe(self._ticked, "value")
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

    def shown_text(self, value: float) -> str:
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
        found = range_of(self.feature, self.unit.value, self._value)
        at = round((found.low + found.high) / 2, found.decimals)
        if self._value is not None:
            at = written(self.feature, self._value, self.unit.value)
        disabled = not self.measured.value
        if (self.slider.min, self.slider.max, self.slider.step) != found[:3]:
            self._replace_slider(found, at, disabled)
        self.slider.value = at
        self.box.step, self.box.value = found.step, at
        self.slider.disabled = self.box.disabled = disabled

    def _new_slider(self, found: Range, at: float | None = None, *, disabled: bool) -> Any:
        made = widgets.FloatSlider(
            found.low if at is None else at, min=found.low, max=found.high, step=found.step,
            disabled=disabled, readout=False, tooltip=label(self.feature),
            layout={"flex": "1 1 60px", "min_width": "60px"},
        )  # fmt: skip
        made.observe(self._moved, "value")
        return made

    def _replace_slider(self, found: Range, at: float, disabled: bool) -> None:
        """Another one: told another range, a slider on a page answers with its old value, clamped."""
        old, self.slider = self.slider, self._new_slider(found, at, disabled=disabled)
        old.unobserve_all()
        row = self.children[0]
        row.children = [self.slider if part is old else part for part in row.children]
        old.close()

    def _ticked(self, change: Any) -> None:
        if self._setting:
            return
        if self._value is None:
            self._value = canonical(self.feature, self.box.value, self.unit.value)
        self._quietly(measured=bool(change["new"]))
        self.changed()

    def _moved(self, change: Any) -> None:
        if self._setting or not self.measured.value or self._is_shown(change["new"]):
            return
        self._value = canonical(self.feature, change["new"], self.unit.value)
        self._quietly(measured=True)
        self.changed()

    def _is_shown(self, number: float) -> bool:
        """A page says so when it snaps a value to a slider's steps: 0.42000000000000004 is no change."""
        if self._value is None:
            return False
        unit = self.unit.value
        return round(number, decimals(self.feature, unit)) == written(
            self.feature, self._value, unit
        )

    def _switched(self, change: Any) -> None:
        if not self._setting:
            self._quietly(measured=bool(self.measured.value))


def _units(feature: Feature) -> widgets.Dropdown:
    """A unit box; with one unit there is nothing to choose."""
    options = [(charts.printed(unit["unit"]), unit["unit"]) for unit in feature["units"]]
    name = f"Unit of {feature['label']}"
    first = unit_of(feature, None)["unit"]
    box = widgets.Dropdown(
        options=options, value=first, disabled=len(options) == 1,
        layout={"width": "92px", "flex": "0 0 auto"},
    )  # fmt: skip
    return named(box, name)
