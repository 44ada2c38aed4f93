"""Asking once more before something is done that cannot be undone."""

from typing import Any

import dash_mantine_components as dmc


def confirmation(
    name: str,
    title: str,
    *content: Any,
    leave: str = "Cancel",
    go: str = "Delete",
    dangerous: bool = True,
) -> Any:
    """The dialog `NAME-dialog`, left by `NAME-not` and confirmed by `NAME-yes`."""
    look = {"color": "red"} if dangerous else {}
    buttons = [
        dmc.Button(leave, id=f"{name}-not", variant="default"),
        dmc.Button(go, id=f"{name}-yes", **look),
    ]
    return dmc.Modal(
        dmc.Stack([*content, dmc.Group(buttons, justify="flex-end")]),
        id=f"{name}-dialog",
        title=title,
        opened=False,
        centered=True,
        closeButtonProps={"aria-label": "Close"},
    )
