"""One clock's two results side by side, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import dash_mantine_components as dmc
from agelens.client import Client, Comparison, PanelComparison, Task, TimelineEntry
from agelens.languages import _
from dash import html

from dash_app import result_format
from dash_app.content import Component
from dash_app.number_text import Feature
from dash_app.pages.compare import reasons, side_by_side

COLOURS = {True: "blue", False: "gray", None: "gray"}


@dataclass(frozen=True)
class ComparisonContext:
    """The tasks of both panels, what clocks are called, and the registry of biomarkers."""

    tasks: Mapping[str, Task]
    titles: Mapping[str, str]
    schema: Mapping[str, Feature]

    @classmethod
    def of(cls, client: Client, compared: PanelComparison) -> ComparisonContext:
        """Asked of the service."""
        entries = (compared.before, compared.after)
        return cls(
            {task.id: task for entry in entries for task in _tasks(client, entry)},
            {model.name: model.title for model in client.models},
            {entry["key"]: entry for entry in client.biomarkers()},
        )

    def title(self, name: str) -> str:
        """A clock that is gone keeps its short name."""
        return self.titles.get(name, name)

    def short(self, name: str) -> str:
        """The title without what stands in brackets, where that tells it from the others."""
        brief = self.title(name).partition(" (")[0]
        same_brief = [title for title in self.titles.values() if title.partition(" (")[0] == brief]
        return brief if len(same_brief) <= 1 else self.title(name)

    def pair(self, compared: Comparison) -> tuple[Task, Task]:
        """The two tasks of a clock."""
        return self.tasks[compared.before.task_id], self.tasks[compared.after.task_id]


def _tasks(client: Client, entry: TimelineEntry) -> tuple[Task, ...]:
    if entry.assessment_id:
        return client.assessments[entry.assessment_id].tasks
    return (client.task(entry.id),)


def change_class(compared: Comparison) -> str:
    """The class of a change's colour: grey within noise, none in a unit that is no age."""
    if compared.real is False:
        return "compare-within-noise"
    return result_format.change_class("+" if compared.change > 0 else "\N{MINUS SIGN}")


def verdict(compared: Comparison) -> Component:
    """Whether a clock's change is more than noise, in words that do not depend on the colour."""
    return reasons.verdict(compared, COLOURS[compared.real])


def clock(compared: Comparison, context: ComparisonContext) -> list[Component]:
    """Both results, and the parts of their difference."""
    before, after = context.pair(compared)
    titles = [context.title(task.model.name) for task in (before, after)]
    return [
        side_by_side.cards_grid(before, after, titles),
        reasons.section(before, after, context.schema, compared, change_class(compared)),
    ]


def tabs(compared: PanelComparison, context: ComparisonContext) -> Component:
    """A clock at a time; its figures are made when its tab is opened: hidden ones have no width."""
    names = [each.model.name for each in compared.comparisons]
    heads = [dmc.TabsTab(context.short(name), value=name) for name in names]
    panels = [
        dmc.TabsPanel(
            dmc.Stack([verdict(each), *clock(each, context)], gap="lg", pt="md"),
            value=each.model.name,
        )
        for each in compared.comparisons
    ]
    return html.Section(
        [
            dmc.Title(_("One clock in detail"), order=2, size="h4", mb="xs"),
            dmc.Tabs(
                [dmc.TabsList(heads), *panels], value=_first(compared), keepMounted=False
            ),
        ],
        className="compare-details",
    )  # fmt: skip


def _first(compared: PanelComparison) -> str:
    """The clock whose change is more than noise, if there is one."""
    real = [each for each in compared.comparisons if each.real]
    return (real or compared.comparisons)[0].model.name
