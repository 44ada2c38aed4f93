"""The control of a number: slider, box and unit."""

from html import escape
from typing import Any

import ipywidgets as widgets

from agelens import charts
from agelens.client.slider_ranges import SliderRange, slider_range
from agelens.client.units import Feature, canonical, decimals, in_unit, unit_of
from agelens.languages import _
from agelens.notebook.answers import Answer
from agelens.notebook.controls import LABEL_LAYOUT, Changed, Control, label
from agelens.notebook.styles import with_hidden_label

TRACK_LAYOUT = {"flex": "1 1 60px", "min_width": "60px", "overflow": "visible"}
SLIDER_LAYOUT = {"width": "auto"}
BAND_LAYOUT = {"height": "6px", "margin": "-4px 8px 0 8px", "min_height": "6px"}


class NumberControl(Control):
    """A number; the canonical value is kept, so that another unit changes nothing but what is shown."""

    def __init__(self, feature: Feature, changed: Changed) -> None:
        self.feature = feature
        self._value: float | None = None  # canonical; kept while it is not measured
        self._around: float | None = (
            None  # what the slider has room around; not what it is moved to
        )
        self._setting = False
        name = label(feature)
        self.measured = widgets.Checkbox(
            False,
            description=name,
            indent=False,
            tooltip=_("Measured: {name}", name=name),
            layout=LABEL_LAYOUT,
        )
        self.box = with_hidden_label(
            widgets.FloatText(layout={"width": "72px", "flex": "0 0 auto"}), name
        )
        self.unit = _units(feature)
        span = slider_range(feature, self.unit.value)
        self.slider = self._new_slider(span, disabled=True)
        self._band = widgets.HTML(band_html(span), layout=BAND_LAYOUT)
        self._track = widgets.VBox([self.slider, self._band], layout=TRACK_LAYOUT)
        super().__init__(feature, [self.measured, self._track, self.box, self.unit], changed)
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
        value = self.value
        return None if value is None else round(in_unit(self.feature, value, self.unit.value), 10)

    def shown_text(self, value: float) -> str:
        """A canonical value as a laboratory prints it, in the unit that is shown."""
        unit = self.unit.value
        return charts.value_text({"value": in_unit(self.feature, value, unit), "unit": unit})

    def set(self, value: Answer, unit: str | None = None) -> None:
        """Show a canonical value, in another unit if one is named; tells nobody."""
        self._value = self._around = self._value if value is None else float(value)
        units = [each["unit"] for each in self.feature["units"]]
        self._quietly(measured=value is not None, unit=unit if unit in units else None)

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
        span = slider_range(self.feature, self.unit.value, self._around)
        at = round((span.low + span.high) / 2, span.decimals)
        if self._value is not None:
            at = min(span.high, max(span.low, self._number_shown(self._value)))
        disabled = not self.measured.value
        if (self.slider.min, self.slider.max, self.slider.step) != span[:3]:
            self._replace_slider(span, at, disabled)
        self.slider.value = at
        self.box.step, self.box.value = span.step, at
        self.slider.disabled = self.box.disabled = disabled

    def _new_slider(self, span: SliderRange, at: float | None = None, *, disabled: bool) -> Any:
        slider = widgets.FloatSlider(
            span.low if at is None else at, min=span.low, max=span.high, step=span.step,
            disabled=disabled, readout=False, tooltip=label(self.feature), layout=SLIDER_LAYOUT,
        )  # fmt: skip
        slider.observe(self._moved, "value")
        return slider

    def _replace_slider(self, span: SliderRange, at: float, disabled: bool) -> None:
        """Another one: told another range, a slider on a page answers with its old value, clamped."""
        old, self.slider = self.slider, self._new_slider(span, at, disabled=disabled)
        old.unobserve_all()
        self._track.children = [self.slider, self._band]
        self._band.value = band_html(span)
        old.close()

    def _ticked(self, change: Any) -> None:
        if self._setting:
            return
        if self._value is None:
            self._value = self._around = canonical(self.feature, self.box.value, self.unit.value)
        self._quietly(measured=bool(change["new"]))
        self.changed()

    def _moved(self, change: Any) -> None:
        if self._setting or not self.measured.value or self._is_shown(change["new"]):
            return
        self._value = canonical(self.feature, change["new"], self.unit.value)
        if not self.slider.min < change["new"] < self.slider.max:
            self._around = self._value
        self._quietly(measured=True)
        self.changed()

    def _is_shown(self, number: float) -> bool:
        """A page says so when it snaps a value to a slider's steps: 0.42000000000000004 is no change."""
        if self._value is None:
            return False
        digits = decimals(self.feature, self.unit.value)
        return round(number, digits) == self._number_shown(self._value)

    def _number_shown(self, value: float) -> float:
        """A canonical value in the unit that is shown, with the digits that are worth showing."""
        unit = self.unit.value
        return round(in_unit(self.feature, value, unit), decimals(self.feature, unit))

    def _switched(self, change: Any) -> None:
        if not self._setting:
            self._quietly(measured=bool(self.measured.value))


def _units(feature: Feature) -> widgets.Dropdown:
    """A unit box; with one unit there is nothing to choose."""
    options = [(charts.printed(unit["unit"]), unit["unit"]) for unit in feature["units"]]
    name = _("Unit of {name}", name=feature["label"])
    canonical_unit = unit_of(feature, None)["unit"]
    box = widgets.Dropdown(
        options=options, value=canonical_unit, disabled=len(options) == 1,
        layout={"width": "92px", "flex": "0 0 auto"},
    )  # fmt: skip
    return with_hidden_label(box, name)


def band_html(span: SliderRange) -> str:
    """What the clock was trained on along a slider: shaded, and hatched beyond it."""
    if span.training is None or span.high <= span.low:
        return ""
    percents = [100 * (end - span.low) / (span.high - span.low) for end in span.training]
    low, high = (min(100.0, max(0.0, end)) for end in percents)
    name = _("Hatched: beyond the training data")
    parts = [("hatched", 0.0, low), ("trained", low, high), ("hatched", high, 100.0)]
    spans = "".join(
        f'<span class="agelens-{kind}" style="left:{start:.1f}%;width:{end - start:.1f}%"></span>'
        for kind, start, end in parts
        if end > start
    )
    return f'<div class="agelens-band" title="{escape(name)}">{spans}</div>'
