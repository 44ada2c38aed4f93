"""Types of what Dash draws: a component, and whatever may stand inside one."""

from collections.abc import Sequence
from typing import TypeAlias

from dash.development.base_component import Component

__all__ = ["Component", "Content"]

Content: TypeAlias = "Component | str | float | Sequence[Content] | None"
