"""The statements that a service sends, and the plans that PostgreSQL has for them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


def sent(session: Session, send: Callable[[], object]) -> list[tuple[str, Any]]:
    """Every statement with its parameters."""
    noted: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        noted.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    send()
    event.remove(connection, "before_cursor_execute", note)
    return noted


def explained(session: Session, statement_sent: tuple[str, Any], *, generic: bool = False) -> str:
    """Its plan: for these parameters, or the one that a prepared statement may have for all."""
    statement, parameters = statement_sent
    connection = session.connection()
    if generic:
        kinds = {name: "::interval" * isinstance(v, timedelta) for name, v in parameters.items()}
        numbers = {name: f"${n}{kind}" for n, (name, kind) in enumerate(kinds.items(), 1)}
        numbered = re.sub(r"%\((\w+)\)s", lambda found: numbers[found[1]], statement)
        rows = connection.exec_driver_sql(f"explain (generic_plan) {numbered}")
    else:
        rows = connection.exec_driver_sql(f"explain {statement}", parameters)
    return "\n".join(row[0] for row in rows)
