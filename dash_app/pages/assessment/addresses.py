"""Where the form is found again, and under what name the browser keeps what is typed."""

from urllib.parse import urlencode

from dash_app import sessions


def of_form(draft: str | None, only: str | None = None) -> str:
    """The address of the form, of a draft or of a visit for one clock."""
    query = {"draft": draft, "model": only}
    parameters = {name: value for name, value in query.items() if value}
    return f"/new?{urlencode(parameters)}" if parameters else "/new"


def storage_key(draft: str | None) -> str:
    """The browser's name for what is typed: nobody else who logs in there sees it."""
    person = sessions.person()
    return f"{person.id if person else ''}:{draft or 'new'}"
