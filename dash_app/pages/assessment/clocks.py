"""What each clock makes of the values so far: chips, the choice among those that are ready, the price."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

import dash_mantine_components as dmc
from agelens.charts.number_format import count
from agelens.client import ClockCheck, Model, PanelCheck, Task
from agelens.languages import _, ngettext
from dash import html

from dash_app.clock_order import DEMONSTRATION
from dash_app.content import Component, Content
from dash_app.pages.assessment import error_messages, ids

MOST_NAMED = 3  # missing values that a chip still names, chosen clocks that the bar names


@dataclass(frozen=True)
class Clock:
    """What a chip says of a clock whatever the values are."""

    name: str
    title: str
    note: str = ""
    demonstration: bool = False

    @classmethod
    def of(cls, model: Model) -> Self:
        """Of a clock as the API describes it."""
        return cls(model.name, model.title, model.note, model.demonstration)


@dataclass(frozen=True)
class Visit:
    """What stays the same while somebody fills in the form: clocks, labels by key, credits.

    On a visit for one clock `only` names it.
    """

    clocks: tuple[Clock, ...]
    labels: Mapping[str, str]
    available: int
    only: str | None = None

    @classmethod
    def from_store(cls, stored: Mapping[str, Any]) -> Self:
        """As the browser kept it."""
        return cls(**{**stored, "clocks": tuple(Clock(**clock) for clock in stored["clocks"])})

    def for_store(self) -> dict[str, Any]:
        """As the browser keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Choice:
    """What a panel is to each clock, and which of those that are ready are chosen.

    `wanted` is what was ticked or unticked by hand. Without that, all that are ready are chosen, as far as
    the credits reach, but demonstrations; on a visit for one clock, that one.
    """

    visit: Visit
    check: PanelCheck
    wanted: Mapping[str, bool]

    @property
    def ready(self) -> list[Clock]:
        """Those that can be calculated."""
        return [clock for clock in self.asked if self.check[clock.name].ready]

    @property
    def asked(self) -> list[Clock]:
        """Those that were checked: one may have been taken away meanwhile."""
        checked = {each.model.name for each in self.check.clocks}
        return [clock for clock in self.visit.clocks if clock.name in checked]

    @property
    def chosen(self) -> list[Clock]:
        """Those that will be calculated; the only one also while it still lacks something."""
        ticked = [clock for clock in self.ready if self.is_wanted(clock)]
        return ticked or [clock for clock in self.asked if clock.name == self.visit.only]

    @property
    def price(self) -> int:
        """In credits."""
        return sum(self.check[clock.name].price for clock in self.chosen)

    def is_wanted(self, clock: Clock) -> bool:
        """Whether it is to be calculated, once it is ready."""
        return self.wanted.get(clock.name, clock.name in self._usual)

    @cached_property
    def _usual(self) -> frozenset[str]:
        """What is chosen without being asked: as far as the credits reach, in order; else all."""
        if self.visit.only:
            return frozenset({self.visit.only})
        real = [clock.name for clock in self.asked if not clock.demonstration]
        prices = {name: self.check[name].price for name in real if self.check[name].ready}
        if not any(price <= self.visit.available for price in prices.values()):
            return frozenset(real)
        credits_left = self.visit.available - sum(prices[n] for n in prices if self.wanted.get(n))
        affordable = set(real) - {*prices}
        for name, price in prices.items():
            if name not in self.wanted and price <= credits_left:
                affordable.add(name)
                credits_left -= price
        return frozenset(affordable)


def ticked_in(draft: Task, choice: Choice) -> dict[str, bool]:
    """By clock: what was ticked, or unticked, when a draft was saved; nothing where it does not say."""
    if draft.models is None:
        return {}
    unticked = [clock.name for clock in choice.ready if clock.name not in draft.models]
    return dict.fromkeys(draft.models, True) | dict.fromkeys(unticked, False)


def short_title(clock: Clock) -> str:
    """A clock's title without the source behind it."""
    return clock.title.rpartition(" (")[0] or clock.title


def chips(choice: Choice) -> list[Component]:
    """A chip for each clock: ready, with its price, or what it needs."""
    return [_chip(choice, clock) for clock in choice.asked]


def standing(choice: Choice) -> str:
    """Which clocks are chosen, in one line."""
    names = [short_title(clock) for clock in choice.chosen]
    if not names:
        return _("No clock chosen") if choice.ready else _("No clock is ready yet")
    n, listed = len(names), ", ".join(names)
    if n > MOST_NAMED:
        return ngettext("{n} clock chosen", "{n} clocks chosen", n, n=n)
    return ngettext("{n} clock: {names}", "{n} clocks: {names}", n, n=n, names=listed)


def cost(choice: Choice, address: str) -> list[Content]:
    """The price before anybody pays it, and the way to the wallet where that is needed."""
    available = choice.visit.available
    if not choice.chosen:
        return [_("You have {credits}.", credits=error_messages.credits(available))]
    price = error_messages.price(choice.price)
    words = _("{price}; you have {available}.", price=price, available=count(available))
    if available >= choice.price:
        return [words]
    return [html.Strong(words), " ", error_messages.top_up(address)]


def submit_label(choice: Choice) -> str:
    """What the button does, with its price."""
    chosen = choice.chosen
    if not chosen:
        return _("Calculate")
    price = error_messages.price(choice.price)
    if len(chosen) == 1:
        return _("Calculate my biological age ({price})", price=price)
    if chosen == [clock for clock in choice.ready if not clock.demonstration]:
        return _("Calculate all that are ready ({price})", price=price)
    n = len(chosen)
    return ngettext(
        "Calculate {n} clock ({price})", "Calculate {n} clocks ({price})", n, n=n, price=price
    )


def _chip(choice: Choice, clock: Clock) -> Component:
    check = choice.check[clock.name]
    note = [_(DEMONSTRATION)] if clock.demonstration else []
    return html.Li(
        _chip_of_ready(choice, clock, note)
        if check.ready
        else _chip_of_missing(choice, clock, note),
        className=f"assessment-clock {'ready' if check.ready else 'lacking'}",
        title=clock.note,
        **{"data-assessment-clock": clock.name},
    )


def _chip_of_ready(choice: Choice, clock: Clock, note: Sequence[str]) -> Component:
    price = error_messages.price(choice.check[clock.name].price)
    return dmc.Checkbox(
        id=ids.clock(clock.name),
        label=_("{clock} ready", clock=short_title(clock)),
        description=" · ".join([*note, price]),
        checked=choice.is_wanted(clock),
    )


def _chip_of_missing(choice: Choice, clock: Clock, note: Sequence[str]) -> Component:
    words, field = _what_is_missing(
        short_title(clock), choice.check[clock.name], choice.visit.labels
    )
    parts = [html.Span(words), *(html.Span(n, className="assessment-clock-note") for n in note)]
    if field is None:
        return html.Span(parts, className="assessment-needs")
    at = {"data-assessment-field": field}
    return html.Button(parts, type="button", className="assessment-needs", **at)


def _what_is_missing(
    clock: str, check: ClockCheck, labels: Mapping[str, str]
) -> tuple[str, str | None]:
    """What stands in the way, and the field where that can be changed."""
    if not check.lacks:
        return _why_unavailable(clock, check, labels)
    n, first = check.at_least, check.lacks[0]
    if n < len(check.lacks) or n > MOST_NAMED:
        words = ngettext("{clock} needs one more", "{clock} needs {n} more", n, clock=clock, n=n)
        return words, first
    names = ", ".join(labels.get(key, key) for key in check.lacks)
    words = ngettext(
        "{clock} needs one more: {named}",
        "{clock} needs {n} more: {named}",
        n,
        clock=clock,
        n=n,
        named=names,
    )
    return words, first


def _why_unavailable(
    clock: str, check: ClockCheck, labels: Mapping[str, str]
) -> tuple[str, str | None]:
    if not check.errors:
        return _("{clock} is not available", clock=clock), None
    error = check.errors[0]
    field = error.field if error.field in labels else None
    if field and error.pointer.startswith("/answers"):  # what is wrong with it stands beside it
        return _("{clock}: check {field}", clock=clock, field=labels[field]), field
    problem = error_messages.of_field(error, labels)
    return _("{clock}: {problem}", clock=clock, problem=problem), field
