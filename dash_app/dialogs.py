"""Confirmation dialogs."""

import dash_mantine_components as dmc

from dash_app.content import Component, Content


def confirmation(
    name: str,
    title: str,
    *content: Content,
    leave: str = "Cancel",
    go: str = "Delete",
    dangerous: bool = True,
) -> Component:
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
