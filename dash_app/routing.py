"""Page registration: paths, access control, and error pages."""

import inspect
from collections.abc import Callable
from typing import Any

import dash
from agelens.client import ClientError, Forbidden, Unauthenticated
from agelens.languages import _

from dash_app import problems, sessions
from dash_app.content import Content

# ids of what Dash's own router draws; it keeps these names to itself
ADDRESS = "_pages_location"
PAGE_STORE = "_pages_store"

Layout = Callable[..., Any]


def add(path: str, layout: Layout, *, title: str, login: bool = True, admin: bool = False) -> None:
    """Show `layout` under `path`; `<name>` in the path and `?name=` become its arguments.

    `layout` is called for each visit and asks the API itself. A problem that it meets becomes a
    page; without a login the visitor is sent to log in and comes back. `title` is marked with N_
    and translated for each visit.
    """
    place = {"path_template": path} if "<" in path else {"path": path}
    dash.register_page(
        f"dash_app{path.replace('/', '.')}",
        title=lambda **_in_address: f"{_(title)} · AgeLens",
        layout=_guarded(layout, login=login or admin, admin=admin),
        **place,
    )


def _guarded(layout: Layout, *, login: bool, admin: bool) -> Layout:
    known = inspect.signature(layout).parameters

    def show(**given: Any) -> Content:
        if login and sessions.person() is None:
            problems.to_login()
            return ""
        try:
            if admin and not sessions.is_admin():
                return problems.not_found()
            return layout(**{name: value for name, value in given.items() if name in known})
        except Unauthenticated:
            problems.to_login()
            return ""
        except Forbidden:
            return problems.not_found()
        except ClientError as error:
            return problems.page(error)
        except Exception as error:  # the router would leave a page without content or title
            problems.log.exception("The layout of a page failed")
            return problems.page(error)

    return show
