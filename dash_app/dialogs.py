"""Confirmation dialogs."""

import dash_mantine_components as dmc
from agelens.languages import N_, _

from dash_app.content import Component, Content


def confirmation(
    name: str,
    title: str,
    *content: Content,
    leave: str = N_("Cancel"),
    go: str = N_("Delete"),
    dangerous: bool = True,
) -> Component:
    """The dialog `NAME-dialog`, left by `NAME-not` and confirmed by `NAME-yes`; words of buttons as N_."""
    look = {"color": "red"} if dangerous else {}
    buttons = [
        dmc.Button(_(leave), id=f"{name}-not", variant="default"),
        dmc.Button(_(go), id=f"{name}-yes", **look),
    ]
    return dmc.Modal(
        dmc.Stack([*content, dmc.Group(buttons, justify="flex-end")]),
        id=f"{name}-dialog",
        title=title,
        opened=False,
        centered=True,
        closeButtonProps={"aria-label": _("Close")},
    )
